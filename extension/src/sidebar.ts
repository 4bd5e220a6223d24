// The sidebar's five trees.

import * as vscode from "vscode";
import { changeBranches, foundBranches, taskBranches } from "./branches";
import { folderOf } from "./folders";
import type { History } from "./history";
import type { Planning } from "./planning";
import type { RunView } from "./protocol";
import { openHunks, type Shown } from "./shown";
import { Tree } from "./tree";

/** Makes the trees and keeps them true. The first sight of one starts the server, so that earlier runs appear. */
export function showSidebar(shown: Shown, planning: Planning, history: History): vscode.Disposable {
  const [task, found] = [new Tree("genie.task"), new Tree("genie.found")];
  const changes = new Tree("genie.changes", { showCollapseAll: true });
  const draw = (view: RunView | undefined) => {
    const folder = view ? folderOf(view.folder) : "";
    for (const { view } of [task, planning.tree, changes, found]) {
      view.description = folder;
    }
    task.set(view ? taskBranches(view) : []);
    planning.draw(view);
    changes.set(view ? changeBranches(view) : []);
    found.set(view ? foundBranches(view) : []);
    const open = openHunks(view).length;
    changes.view.badge = open ? { value: open, tooltip: vscode.l10n.t("{0} proposed changes to review", open) } : undefined;
  };
  const drawing = shown.onDidChange(draw);
  const following = vscode.workspace.onDidChangeWorkspaceFolders(() => {
    draw(shown.view);
    void history.list();
  });
  const seeing = task.view.onDidChangeVisibility(({ visible }) => visible && void history.list());
  if (task.view.visible) {
    void history.list();
  }
  const trees = [task, planning.tree, changes, found, history.tree];
  return vscode.Disposable.from(drawing, following, seeing, ...trees.map((tree) => tree.view));
}
