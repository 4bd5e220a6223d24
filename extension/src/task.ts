// Starting, stopping and steering a run; looking at earlier ones; the doctor.

import * as vscode from "vscode";
import { askApproval } from "./approving";
import { pickPlaybooks } from "./playbooks";
import * as wire from "./protocol";
import type { Server } from "./server";
import { own, testCommand } from "./settings";
import type { Shown } from "./shown";
import { pickFolder } from "./folders";
import { pickRun } from "./history";
import { taskText } from "./starting";

const BACK = vscode.l10n.t("Genie: Go Back to an Earlier Moment");
/** The answer, and how it reads. */
const DECIDE = "Decide for me";
const DECIDE_FOR_ME = vscode.l10n.t("Decide for me");
const GO_ON = vscode.l10n.t("Go On");

interface Target {
  readonly run?: string;
  readonly text?: string;
  readonly uri?: vscode.Uri;
}

export function taskCommands(shown: Shown, server: Server): Record<string, (target?: Target) => unknown> {
  const ref = () => ({ run: shown.view?.run ?? "" });
  const show = async (run: wire.RunRef) => shown.show(await server.request(wire.showRequest, run));
  return {
    async solve(target) {
      const folder = (target?.uri && vscode.workspace.getWorkspaceFolder(target.uri)) ?? (await pickFolder());
      const text = folder && (target?.text ?? (await taskText(server, folder)));
      if (!folder || !text) {
        return;
      }
      const [model, profile, candidates] = [own("model", ""), own("profile", ""), own("candidates", 0)];
      const test_command = testCommand(folder);
      const playbooks = await pickPlaybooks(server, folder.uri.fsPath);
      if (!playbooks) {
        return;
      }
      const task = { folder: folder.uri.fsPath, text, model, test_command, playbooks, profile, candidates };
      const begun = server.request(wire.solveRequest, task);
      const [run] = await Promise.all([begun, vscode.commands.executeCommand("workbench.view.extension.genie")]);
      await show(run);
    },
    stop: () => server.request(wire.stopRequest, ref()),
    async resume(target) {
      if (target?.run && target.run !== shown.view?.run) {
        await show({ run: target.run });
      }
      const limit = shown.view?.limit;
      if (!limit || (await vscode.window.showInformationMessage(limit, { modal: true }, GO_ON)) === GO_ON) {
        await server.request(wire.resumeRequest, { ...ref(), longer: Boolean(limit) });
      }
    },
    async say() {
      const text = await vscode.window.showInputBox({ prompt: vscode.l10n.t("What should Genie know?") });
      if (text?.trim()) {
        await server.request(wire.sayRequest, { ...ref(), text: text.trim() });
      }
    },
    async chooseTests() {
      const { test_command = "", test_reason = "" } = shown.view ?? {};
      const asked = { title: vscode.l10n.t("Genie: Change Test Command"), value: test_command, prompt: test_reason };
      const command = await vscode.window.showInputBox({ ...asked, ignoreFocusOut: true });
      if (command?.trim()) {
        await server.request(wire.chooseTestsRequest, { ...ref(), command: command.trim() });
      }
    },
    async answer() {
      const question = shown.view?.question;
      if (!question) {
        void vscode.window.showInformationMessage(vscode.l10n.t("Genie has no question just now."));
        return;
      }
      const answer = await (question.approval ? askApproval(question, question.approval) : askUser(question));
      if (answer) {
        await server.request(wire.answerRequest, { ...ref(), question: question.id, answer });
      }
    },
    async branchRun(target) {
      const run = target?.run ?? shown.view?.run ?? (await pickRun(server));
      const seq = run && (await pickMoment(server, run));
      if (!run || typeof seq !== "number") {
        return;
      }
      const prompt = vscode.l10n.t("What should Genie know this time? (It may stay empty.)");
      const say = await vscode.window.showInputBox({ title: BACK, prompt, ignoreFocusOut: true });
      if (say !== undefined) {
        await show(await server.request(wire.branchRequest, { run, seq, say }));
      }
    },
    async showRun(target) {
      const run = target?.run ?? (await pickRun(server));
      if (run) {
        await show({ run });
        await vscode.commands.executeCommand("workbench.view.extension.genie");
      }
    },
    async doctor() {
      const folder = await pickFolder();
      if (folder) {
        const { checks } = await server.request(wire.doctorRequest, { folder: folder.uri.fsPath });
        await vscode.window.showQuickPick(checks.map(checkItem), { title: vscode.l10n.t("Genie: Doctor"), matchOnDetail: true });
      }
    },
  };
}

/** One of the choices, any other words, or to let Genie decide. */
export function askUser(question: wire.Question): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick();
  const choices = question.choices.map((label) => ({ label }));
  const decide = { label: DECIDE_FOR_ME, ...(question.assume && { detail: vscode.l10n.t("Genie goes on with: {0}", question.assume) }) };
  const list = () => {
    const typed = picker.value.trim();
    const known = [...question.choices, DECIDE_FOR_ME].includes(typed);
    const own = typed && !known ? [{ label: typed, description: vscode.l10n.t("your own words"), alwaysShow: true }] : [];
    picker.items = [...choices, ...own, decide];
  };
  picker.title = question.of > 1 ? vscode.l10n.t("Genie asks ({0} of {1})", question.number, question.of) : vscode.l10n.t("Genie asks");
  picker.placeholder = choices.length ? vscode.l10n.t("{0} Choose, or type another answer.", question.text) : question.text;
  picker.ignoreFocusOut = true;
  list();
  return new Promise((resolve) => {
    picker.onDidChangeValue(list);
    picker.onDidAccept(() => {
      const { label } = picker.activeItems[0] ?? {};
      resolve(label === DECIDE_FOR_ME ? DECIDE : label);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

/** The event behind which the user wants to go on. */
async function pickMoment(server: Server, run: string): Promise<number | undefined> {
  const { moments } = await server.request(wire.momentsRequest, { run });
  const picks = moments.map(({ seq, at, words }) => ({
    label: words.charAt(0).toUpperCase() + words.slice(1),
    description: new Date(at).toLocaleTimeString(),
    seq,
  }));
  const placeHolder = vscode.l10n.t("To which moment? What came after it stays in the run that you leave.");
  return (await vscode.window.showQuickPick(picks, { title: BACK, placeHolder }))?.seq;
}

function checkItem(check: wire.Check): vscode.QuickPickItem {
  const item = { label: `$(${check.ok ? "pass" : "error"}) ${check.name}`, description: check.detail };
  return check.ok ? item : { ...item, detail: check.fix };
}
