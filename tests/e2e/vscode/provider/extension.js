// A chat model that plays a script: each assistant message in the conversation is a turn already played.
// And a definition provider, which says what it is asked for and knows where `total` is. And an agent that asks
// for Genie's tools and shows what they say. And a linter. And a user who reviews at random (reviews.js).

const { existsSync, readFileSync } = require("node:fs");
const { watch } = require("node:fs/promises");
const { dirname } = require("node:path");
const vscode = require("vscode");
const { playReviews } = require("./reviews");

const MODEL = {
  id: "scripted-1",
  name: "Scripted One",
  family: "scripted",
  version: "1",
  maxInputTokens: 60_000,
  maxOutputTokens: 4_000,
  capabilities: { toolCalling: true },
};

const ASKED = [
  ["genie_definitions", { name: "total", path: "tests/test_ledger.py", line: 5 }],
  ["genie_references", { name: "label" }],
  ["genie_searchCode", { query: "shares that differ by a cent", limit: 3 }],
];

/** Waits until a file is gone. */
async function released(file) {
  if (existsSync(file)) {
    for await (const _ of watch(dirname(file))) {
      if (!existsSync(file)) {
        return;
      }
    }
  }
}

async function askTools() {
  const countTokens = async (text) => Math.ceil(text.length / 4);
  const told = [];
  for (const tokenBudget of [2_000, 40]) {
    for (const [name, input] of ASKED) {
      const options = { input, toolInvocationToken: undefined, tokenizationOptions: { tokenBudget, countTokens } };
      const { content } = await vscode.lm.invokeTool(name, options);
      told.push(`${name}, ${tokenBudget} tokens:\n${content.map(({ value }) => value).join("")}`);
    }
  }
  const content = told.join("\n\n") + "\nAll tools have answered.";
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
}

/** Two problems on one line of the open file, as a linter reports them. */
function reportProblems(problems) {
  const { document } = vscode.window.activeTextEditor;
  const found = ["Amounts are subtracted", "result is never added to"].map((message, place) => {
    const problem = new vscode.Diagnostic(new vscode.Range(7, 8, 7, 24), message, place);
    return Object.assign(problem, { source: "linter", code: `E${place}` });
  });
  problems.set(document.uri, found);
}

exports.activate = (context) => {
  const problems = vscode.languages.createDiagnosticCollection("linter");
  const provider = {
    provideLanguageModelChatInformation: () => [MODEL],
    provideTokenCount: (_model, text) => Math.ceil(JSON.stringify(text).length / 4),
    async provideLanguageModelChatResponse(_model, messages, _options, progress) {
      await released(`${process.env.GENIE_E2E_SCRIPT}.hold`);
      const turns = JSON.parse(readFileSync(process.env.GENIE_E2E_SCRIPT, "utf8"));
      const played = messages.filter(({ role }) => role === vscode.LanguageModelChatMessageRole.Assistant).length;
      const turn = turns[played];
      if (!turn) {
        throw new Error("The quota of the script is used up.");
      }
      progress.report(new vscode.LanguageModelTextPart(`Turn ${played}. `));
      turn.calls.forEach(({ name, arguments: input }, place) => {
        progress.report(new vscode.LanguageModelToolCallPart(`${played}-${place}`, name, input));
      });
    },
  };
  const definitions = {
    provideDefinition(document, position) {
      const name = document.getText(document.getWordRangeAtPosition(position));
      void vscode.window.showInformationMessage(`Where is ${name}?`);
      const [folder] = vscode.workspace.workspaceFolders;
      return new vscode.Location(vscode.Uri.joinPath(folder.uri, "ledger.py"), new vscode.Position(3, 4));
    },
  };
  context.subscriptions.push(
    problems,
    vscode.commands.registerCommand("genie-e2e.askTools", askTools),
    vscode.commands.registerCommand("genie-e2e.playReviews", playReviews),
    vscode.commands.registerCommand("genie-e2e.reportProblems", () => reportProblems(problems)),
    vscode.lm.registerLanguageModelChatProvider("genie-e2e", provider),
    vscode.languages.registerDefinitionProvider({ scheme: "file", pattern: "**/*.py" }, definitions),
  );
};
