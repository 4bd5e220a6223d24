// The sidebar's five trees. A tree is redrawn only when what it shows has changed, so that nothing flickers.

import * as vscode from "vscode";
import { type Branch, changeBranches, foundBranches, planBranches, runBranches, taskBranches } from "./branches";
import { runsRequest, type RunSummary } from "./protocol";
import { explain, type Server } from "./server";
import type { Shown } from "./shown";

class Tree implements vscode.TreeDataProvider<Branch> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Branch>;
  private branches: readonly Branch[] = [];
  private drawn = "[]";

  constructor(id: string) {
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: id === "genie.changes" });
  }

  set(branches: readonly Branch[]): void {
    const drawn = JSON.stringify(branches);
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.branches = branches;
      this.changed.fire();
    }
  }

  getTreeItem(branch: Branch): vscode.TreeItem {
    return branch.item;
  }

  getChildren(branch?: Branch): Branch[] {
    return [...(branch ? (branch.children ?? []) : this.branches)];
  }
}

/** Makes the trees and keeps them true. The first sight of one starts the server, so that earlier runs appear. */
export function showSidebar(shown: Shown, server: Server, output: vscode.LogOutputChannel): vscode.Disposable {
  const [task, plan, changes, found, runs] = ["task", "plan", "changes", "found", "runs"].map(
    (name) => new Tree(`genie.${name}`),
  ) as [Tree, Tree, Tree, Tree, Tree];
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
    plan.set(planBranches(view));
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
  return vscode.Disposable.from(drawing, seeing, ...[task, plan, changes, found, runs].map((tree) => tree.view));
}
