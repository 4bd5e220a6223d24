// Genie's search and navigation as tools for the other agents in VS Code: the server answers, this clips.

import * as vscode from "vscode";
import { lookRequest } from "./protocol";
import type { Server } from "./server";

interface Input {
  readonly query?: string;
  readonly name?: string;
  readonly path?: string;
}

/** Each of the manifest's tools: what it is called in the server, and what is shown while it works. */
const TOOLS: Record<string, readonly [string, (input: Input) => string]> = {
  genie_searchCode: ["search_code", ({ query }) => vscode.l10n.t("Searching Genie's index for “{0}”", query ?? "")],
  genie_definitions: ["go_to_definition", ({ name }) => vscode.l10n.t("Looking up where {0} is defined", name ?? "")],
  genie_references: ["find_references", ({ name }) => vscode.l10n.t("Looking up where {0} is used", name ?? "")],
};
const CUT = "\n… The rest is left out. Ask for less.";

/** Registers the tools. They read, and ask for no confirmation. */
export function lendTools(server: Server): vscode.Disposable {
  const lent = Object.entries(TOOLS).map(([name, [tool, saying]]) =>
    vscode.lm.registerTool<Input>(name, {
      prepareInvocation: ({ input }) => ({ invocationMessage: saying(input) }),
      invoke: async ({ input, tokenizationOptions }, token) => {
        const text = await answers(server, tool, input, token);
        const clipped = tokenizationOptions ? await within(text, tokenizationOptions, token) : text;
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(clipped)]);
      },
    }),
  );
  return vscode.Disposable.from(...lent);
}

/** What the tool says of the folder that the path lies in, or of each. One that fails matters only if all do. */
async function answers(server: Server, tool: string, input: Input, token: vscode.CancellationToken): Promise<string> {
  const all = vscode.workspace.workspaceFolders ?? [];
  const around = input.path ? vscode.workspace.getWorkspaceFolder(vscode.Uri.file(input.path)) : undefined;
  const folders = around ? [around] : all;
  if (folders.length === 0) {
    throw new Error("No folder is open. Genie answers for the folder of a git repository.");
  }
  const asked = folders.map((folder) =>
    server.request(lookRequest, { folder: folder.uri.fsPath, tool, arguments: { ...input } }, token),
  );
  const told = await Promise.allSettled(asked);
  const failed = told.find((one) => one.status === "rejected");
  if (failed && told.every((one) => one.status === "rejected")) {
    throw failed.reason;
  }
  const texts = told.map((one, place) =>
    one.status === "fulfilled" ? `${folders.length > 1 ? `# ${folders[place]?.name}\n` : ""}${one.value.text}` : "",
  );
  return texts.filter(Boolean).join("\n\n");
}

/** The text, or as many of its first lines as fit into the budget of tokens. */
async function within(
  text: string,
  { tokenBudget, countTokens }: vscode.LanguageModelToolTokenizationOptions,
  token: vscode.CancellationToken,
): Promise<string> {
  let [kept, shown] = [text, text];
  for (;;) {
    const count = await countTokens(shown, token);
    if (count <= tokenBudget || kept === "") {
      return shown;
    }
    const room = Math.floor((kept.length * tokenBudget) / count) - CUT.length;
    kept = kept.slice(0, Math.max(0, kept.lastIndexOf("\n", Math.max(0, room))));
    shown = kept + CUT;
  }
}
