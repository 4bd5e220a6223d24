// The extension's entry: makes the parts and introduces them to each other.

import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";
import { serverCommand } from "./environment";
import { editingCommands } from "./editing";
import { findCode } from "./finding";
import { showHunks } from "./hunks";
import { Indexing } from "./indexing";
import { chooseModel, lendModels } from "./models";
import { lendNavigation } from "./navigation";
import { planCommands } from "./planning";
import { playbookCommands } from "./playbooks";
import { showStore } from "./storing";
import { indexStateNotification, showRequest, viewNotification } from "./protocol";
import { proposedTexts, reviewCommands } from "./review";
import { explain, Server } from "./server";
import { Shown } from "./shown";
import { showSidebar } from "./sidebar";
import { showStatus } from "./status";
import { taskCommands } from "./task";

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("Genie", { log: true });
  const shown = new Shown();
  const server = new Server(
    output,
    () => serverCommand(context, output),
    (client) => {
      client.onNotification(viewNotification, (view) => shown.receive(view));
      client.onNotification(indexStateNotification, (state) => indexing.receive(state));
      client.onDidChangeState(({ newState }) => {
        if (newState === State.Running) {
          indexing.takeUpAgain();
        }
        if (newState === State.Running && shown.view) {
          void client.sendRequest(showRequest, { run: shown.view.run }).then((view) => shown.show(view));
        }
      });
      lendModels(client);
      lendNavigation(client);
    },
  );
  const indexing = new Indexing(server);
  const commands: Record<string, (target?: object) => unknown> = {
    ...taskCommands(shown, server),
    ...reviewCommands(shown, server),
    ...planCommands(shown, server),
    ...playbookCommands(server),
    ...editingCommands(shown, server),
    ...indexing.commands(),
    showStore: () => showStore(server),
    findCode: () => findCode(server, indexing),
    chooseModel: () => chooseModel(server),
    showOutput: () => output.show(),
  };
  for (const [name, action] of Object.entries(commands)) {
    const carryOut = async (target?: object): Promise<void> => {
      try {
        await action(target);
      } catch (error) {
        void explain(error, output, () => void carryOut(target));
      }
    };
    context.subscriptions.push(vscode.commands.registerCommand(`genie.${name}`, carryOut));
  }
  context.subscriptions.push(
    output,
    server,
    indexing,
    showHunks(shown),
    showSidebar(shown, server, output),
    showStatus(shown),
    proposedTexts(server),
  );
}
