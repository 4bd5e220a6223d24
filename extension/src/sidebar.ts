// The sidebar's five trees.

import * as vscode from "vscode";
import { changeBranches, foundBranches, runBranches, taskBranches } from "./branches";
import type { Planning } from "./planning";
import { runsRequest, type RunSummary } from "./protocol";
import { explain, type Server } from "./server";
import type { Shown } from "./shown";
import { Tree } from "./tree";

/** Makes the trees and keeps them true. The first sight of one starts the server, so that earlier runs appear. */
export function showSidebar(
  shown: Shown,
  server: Server,
  planning: Planning,
  output: vscode.LogOutputChannel,
): vscode.Disposable {
  const [task, found, runs] = [new Tree("genie.task"), new Tree("genie.found"), new Tree("genie.runs")];
  const changes = new Tree("genie.changes", { showCollapseAll: true });
  let history: readonly RunSummary[] = [];
  let told = "";

  async function listRuns(): Promise<void> {
    const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
    try {
      const lists = folders.map((folder) => server.request(runsRequest, { folder: folder.uri.fsPath }));
      history = (await Promise.all(lists)).flatMap((list) => list.runs);
      runs.set(runBranches(history, shown.view?.run));
    } catch (error) {
      // A command that failed for the same reason goes first: to try again is to repeat the command then.
      setImmediate(() => void explain(error, output, () => void listRuns()));
    }
  }

  const drawing = shown.onDidChange((view) => {
    task.set(taskBranches(view));
    planning.draw(view);
    changes.set(changeBranches(view));
    found.set(foundBranches(view));
    const open = view.changes.flatMap((file) => file.hunks).filter((hunk) => hunk.state === "open").length;
    changes.view.badge = open ? { value: open, tooltip: `${open} proposed changes to review` } : undefined;
    const news = `${view.run} ${view.phase}`;
    if (news !== told) {
      told = news;
      void listRuns();
    }
  });
  const seeing = task.view.onDidChangeVisibility(({ visible }) => visible && void listRuns());
  if (task.view.visible) {
    void listRuns();
  }
  return vscode.Disposable.from(drawing, seeing, ...[task, planning.tree, changes, found, runs].map((tree) => tree.view));
}
