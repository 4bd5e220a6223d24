// The extension's entry: makes the parts and introduces them to each other.

import * as vscode from "vscode";
import { showApprovals } from "./approving";
import { choiceCommands } from "./choices";
import { serverCommand, setUpAgain } from "./environment";
import { editingCommands } from "./editing";
import { findCode } from "./finding";
import { History } from "./history";
import { showHunks } from "./hunks";
import { Indexing } from "./indexing";
import { lendTools } from "./lending";
import { Life } from "./life";
import { lendKey, setKey } from "./keys";
import { chooseModel, lendModels } from "./models";
import { lendNavigation } from "./navigation";
import { Notices } from "./notices";
import { Planning } from "./planning";
import { playbookCommands } from "./playbooks";
import { showStore } from "./storing";
import { indexStateNotification, showRequest, viewNotification } from "./protocol";
import { Remarks } from "./remarks";
import { reportIssue } from "./reporting";
import { proposedTexts, reviewCommands } from "./review";
import { explain, Server } from "./server";
import { Shown } from "./shown";
import { showSidebar } from "./sidebar";
import { fixProblems, fixThis } from "./starting";
import { showStatus } from "./status";
import { taskCommands } from "./task";
import { showTests } from "./testing";
import type { Branch } from "./tree";

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("Genie", { log: true });
  const shown = new Shown();
  const version: string = context.extension.packageJSON.version;
  const server: Server = new Server(output, version, () => serverCommand(context, output), {
    attach(client) {
      client.onNotification(viewNotification, (news) => {
        life.see(news.view);
        if (!shown.receive(news)) {
          void client.request(showRequest, { run: news.view.run }).then((view) => shown.show(view));
        } else if (shown.view?.run !== news.view.run) {
          notices.see(news.view, news.files.length);
        }
      });
      client.onNotification(indexStateNotification, (state) => indexing.receive(state));
      lendModels(client);
      lendNavigation(client);
    },
    greet: (client) => lendKey(context.secrets, client),
    lost: () => life.lost(),
    back() {
      indexing.takeUpAgain();
      return life.back();
    },
    gone: (error) => void life.gone(error),
  });
  const notices = new Notices(shown);
  const life = new Life(shown, server, output);
  const indexing = new Indexing(server);
  const remarks = new Remarks(shown, server);
  const attempt = async (action: () => unknown): Promise<void> => {
    try {
      await action();
    } catch (error) {
      void explain(error, output, () => void attempt(action));
    }
  };
  const planning = new Planning(shown, server, attempt);
  const history = new History(shown, server, output);
  const commands: Record<string, (target?: object, chosen?: readonly Branch[]) => unknown> = {
    ...taskCommands(shown, server),
    ...reviewCommands(shown, server),
    ...planning.commands(),
    ...history.commands(),
    ...playbookCommands(server),
    ...choiceCommands(server),
    ...editingCommands(shown, server),
    ...indexing.commands(),
    ...remarks.commands(),
    fixThis,
    showStore: () => showStore(server),
    showApprovals: () => showApprovals(server),
    findCode: () => findCode(server, indexing),
    chooseModel: () => chooseModel(server),
    reportIssue: () => reportIssue(context, server),
    restartServer: () => server.restart(),
    setUpAgain: () => setUpAgain(context, server),
    setKey: () => setKey(context.secrets, server),
    showOutput: () => output.show(),
  };
  for (const [name, action] of Object.entries(commands)) {
    const carryOut = (target?: object, chosen?: readonly Branch[]) => attempt(() => action(target, chosen));
    context.subscriptions.push(vscode.commands.registerCommand(`genie.${name}`, carryOut));
  }
  const send = (reply: vscode.CommentReply) =>
    remarks.send(reply).catch((error: unknown) => {
      void explain(error, output);
      throw error; // so that VS Code keeps the remark in its box
    });
  context.subscriptions.push(
    output,
    server,
    indexing,
    remarks,
    notices,
    vscode.commands.registerCommand("genie.comment", send),
    showHunks(shown),
    showSidebar(shown, planning, history),
    showStatus(shown),
    showTests(shown, server),
    proposedTexts(server),
    lendTools(server),
    fixProblems(),
    vscode.workspace.onDidGrantWorkspaceTrust(() => attempt(async () => server.isRunning && lendKey(context.secrets, await server.client()))),
  );
}
