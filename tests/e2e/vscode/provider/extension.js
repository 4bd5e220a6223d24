// A chat model that plays a script: each assistant message in the conversation is a turn already played.
// And a definition provider, which says what it is asked for and knows where `total` is.

const { readFileSync } = require("node:fs");
const vscode = require("vscode");

const MODEL = {
  id: "scripted-1",
  name: "Scripted One",
  family: "scripted",
  version: "1",
  maxInputTokens: 60_000,
  maxOutputTokens: 4_000,
  capabilities: { toolCalling: true },
};

exports.activate = (context) => {
  const provider = {
    provideLanguageModelChatInformation: () => [MODEL],
    provideTokenCount: (_model, text) => Math.ceil(JSON.stringify(text).length / 4),
    async provideLanguageModelChatResponse(_model, messages, _options, progress) {
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
    vscode.lm.registerLanguageModelChatProvider("genie-e2e", provider),
    vscode.languages.registerDefinitionProvider({ scheme: "file", pattern: "**/*.py" }, definitions),
  );
};
