// A tree of the sidebar. Rows stay who they are, and only those that look different are drawn anew, so that
// selection and expansion stay and nothing flickers.

import * as vscode from "vscode";
import type { FoundSpan } from "./protocol";

/** A row of a tree. It is also the argument of the row's commands, which read the other fields. */
export interface Branch {
  item: vscode.TreeItem;
  children?: readonly Branch[];
  readonly run?: string;
  readonly step?: string;
  /** The step that this row stands beneath. */
  readonly under?: string;
  readonly path?: string;
  readonly hunk?: string;
  readonly span?: FoundSpan;
  /** What it and all beneath it show: rows of the same object are the same. */
  readonly of?: object;
}

export class Tree implements vscode.TreeDataProvider<Branch> {
  private readonly changed = new vscode.EventEmitter<Branch[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Branch>;
  private rows: readonly Branch[] = [];

  constructor(id: string, options: Omit<vscode.TreeViewOptions<Branch>, "treeDataProvider"> = {}) {
    this.view = vscode.window.createTreeView(id, { ...options, treeDataProvider: this });
  }

  set(rows: readonly Branch[]): void {
    const different: Branch[] = [];
    const moved = !isSameList(this.rows, rows);
    this.rows = kept(this.rows, rows, different);
    if (moved || different.length > 0) {
      this.changed.fire(moved ? undefined : different);
    }
  }

  getTreeItem(row: Branch): vscode.TreeItem {
    return row.item;
  }

  getChildren(row?: Branch): Branch[] {
    return [...(row ? (row.children ?? []) : this.rows)];
  }
}

/** The rows as they should be, those that were there already as the same objects; adds what is `different`. */
function kept(old: readonly Branch[], now: readonly Branch[], different: Branch[]): Branch[] {
  const known = new Map(old.map((row) => [row.item.id, row]));
  return now.map((row) => {
    const same = known.get(row.item.id);
    if (!same) {
      return row;
    }
    if (row.of && same.of === row.of) {
      return same;
    }
    const [before, after] = [same.children ?? [], row.children ?? []];
    if (JSON.stringify(same.item) !== JSON.stringify(row.item) || !isSameList(before, after)) {
      different.push(same);
    }
    return Object.assign(same, row, { children: kept(before, after, different) });
  });
}

function isSameList(one: readonly Branch[], other: readonly Branch[]): boolean {
  return one.length === other.length && one.every((row, place) => row.item.id === other[place]?.item.id);
}
