// The status bar's word on the run, and the three notifications: a question, an approval, and the end.

import * as vscode from "vscode";
import { stateOf } from "./branches";
import type { RunView } from "./protocol";
import { openHunks, type Shown } from "./shown";

export function showStatus(shown: Shown): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("genie.status", vscode.StatusBarAlignment.Left);
  item.name = "Genie";
  item.command = "workbench.view.extension.genie";
  draw(item, undefined);
  item.show();
  const told = new Set<string>();
  const drawing = shown.onDidChange((view) => {
    draw(item, view);
    if (view) {
      tell(view, told);
    }
  });
  return vscode.Disposable.from(item, drawing);
}

function draw(item: vscode.StatusBarItem, view: RunView | undefined): void {
  if (!view) {
    item.text = "$(wand) Genie";
    item.tooltip = vscode.l10n.t("Genie: no task");
    item.backgroundColor = undefined;
    return;
  }
  const state = stateOf(view);
  const open = openHunks(view).length;
  const ended = view.phase === "finished" || view.phase === "stopped";
  const review = open ? `, ${vscode.l10n.t("{0} to review", open)}` : "";
  const cost = view.cost.startsWith("$") ? ` ${view.cost}` : "";
  item.text = `$(${state.icon}) Genie: ${ended ? state.words + review : shorten(view.question?.text ?? view.status, 60)}${cost}`;
  const tokens = view.tokens ? vscode.l10n.t("{0} tokens", view.tokens.toLocaleString()) : "";
  item.tooltip = [view.title, view.status, [tokens, view.cost].filter(Boolean).join(", ")].filter(Boolean).join("\n");
  item.backgroundColor =
    view.phase === "asking" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Tells each question and each end once, and only what happened while this window worked on it. */
function tell(view: RunView, told: Set<string>): void {
  if (view.elsewhere) {
    return;
  }
  if (view.phase === "working" || view.phase === "asking") {
    told.add(view.run);
  }
  const asked = `question of ${view.run}`;
  if (!view.question) {
    told.delete(asked); // a question that is asked again after a pause is told again
  } else if (!told.has(asked) || !told.has(view.question.id)) {
    told.add(asked).add(view.question.id);
    const button = view.question.approval ? BUTTONS.decide : BUTTONS.answer;
    void offer(vscode.window.showInformationMessage(vscode.l10n.t("Genie asks: {0}", view.question.text), button));
  }
  if (view.phase === "finished" && told.delete(view.run)) {
    const buttons = openHunks(view).length ? [BUTTONS.review, BUTTONS.log] : [BUTTONS.log];
    const text = `Genie: ${stateOf(view).words}. ${shorten(view.summary || view.status, 160)}`;
    const show = view.outcome === "failed" ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
    void offer(show(text, ...buttons));
  }
}

interface Button extends vscode.MessageItem {
  readonly command: string;
}

const BUTTONS = {
  answer: { title: vscode.l10n.t("Answer"), command: "genie.answer" },
  decide: { title: vscode.l10n.t("Decide"), command: "genie.answer" },
  review: { title: vscode.l10n.t("Review Changes"), command: "genie.openChange" },
  log: { title: vscode.l10n.t("Show Log"), command: "genie.showOutput" },
};

async function offer(message: Thenable<Button | undefined>): Promise<void> {
  const button = await message;
  if (button) {
    await vscode.commands.executeCommand(button.command);
  }
}
