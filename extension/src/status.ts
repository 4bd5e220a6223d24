// The status bar's word on the run.

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
  return vscode.Disposable.from(item, shown.onDidChange((view) => draw(item, view)));
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

export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
