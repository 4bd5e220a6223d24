// A report of an issue: a text that the user reads first, in an editor. Nothing is sent.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { reportRequest } from "./protocol";
import type { Server } from "./server";

const MOST_LINES = 300;

export async function reportIssue(context: vscode.ExtensionContext, server: Server): Promise<void> {
  const about = {
    Extension: context.extension.packageJSON.version as string,
    "VS Code": `${vscode.version}, ${vscode.env.appName}, ${vscode.env.remoteName ?? "local"}, ${vscode.env.language}`,
  };
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const log = await readFile(join(context.logUri.fsPath, "Genie.log"), "utf8").catch(() => "");
  const last = log.split("\n").slice(-MOST_LINES).join("\n");
  const text = await server.request(reportRequest, { about, log: last, folders }).then(
    (report) => report.text,
    // What strikes secrets out is in the server: without it the log stays here.
    () => `## What happened\n\n\n## Where\n\n${Object.entries(about).map((row) => `- ${row.join(": ")}\n`).join("")}- The server can't be started.\n`,
  );
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content: text });
  await vscode.window.showTextDocument(document, { preview: false });
}
