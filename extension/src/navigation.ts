// Lending the editor's definition and reference providers to the server: the user's language extensions are warm.

import * as vscode from "vscode";
import type { Client } from "./languageClient";
import { navigateRequest, type FoundAt, type Navigate } from "./protocol";

const COMMANDS: Record<Navigate["wish"], string> = {
  definition: "vscode.executeDefinitionProvider",
  references: "vscode.executeReferenceProvider",
};

/** Answers the server's questions about positions in files of the workspace, if the user trusts it. */
export function lendNavigation(client: Client): void {
  client.onRequest(navigateRequest, async ({ uri, line, column, wish }) => {
    const file = vscode.Uri.parse(uri);
    if (!vscode.workspace.isTrusted || !vscode.workspace.getWorkspaceFolder(file)) {
      return { locations: [] };
    }
    await vscode.workspace.openTextDocument(file); // It wakes the language's extension.
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[] | undefined>(
      COMMANDS[wish],
      file,
      new vscode.Position(line, column),
    );
    return { locations: (found ?? []).map(placed) };
  });
}

function placed(found: vscode.Location | vscode.LocationLink): FoundAt {
  const [uri, range] =
    "targetUri" in found
      ? [found.targetUri, found.targetSelectionRange ?? found.targetRange]
      : [found.uri, found.range];
  return {
    uri: uri.toString(),
    line: range.start.line,
    column: range.start.character,
  };
}
