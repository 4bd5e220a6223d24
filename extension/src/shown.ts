// The run that the views show: the server's last word on it and nothing of our own.

import * as vscode from "vscode";
import type { FileView, HunkView, RunNews, RunView } from "./protocol";

export class Shown {
  private readonly changed = new vscode.EventEmitter<RunView | undefined>();
  readonly onDidChange = this.changed.event;
  view: RunView | undefined;
  private readonly told = new Map<string, unknown>();

  /** The user chose this run, or it has just begun. */
  show(view: RunView): void {
    this.change(view);
  }

  /** The run that is shown is gone. */
  clear(): void {
    this.change(undefined);
  }

  private change(view: RunView | undefined): void {
    this.view = view;
    this.changed.fire(view); // what the user looks at comes first
    this.tell("genie.phase", view?.phase);
    this.tell("genie.resumable", view?.phase === "stopped" || Boolean(view?.limit || view?.waiting));
    this.tell("genie.open", openHunks(view).length > 0);
    this.tell("genie.changes", (view?.changes.length ?? 0) > 0);
    this.tell("genie.accepted", acceptedFiles(view).length > 0);
  }

  private tell(key: string, value: unknown): void {
    if (!this.told.has(key) || this.told.get(key) !== value) {
      this.told.set(key, value);
      void vscode.commands.executeCommand("setContext", key, value);
    }
  }

  /**
   * The server tells of some run: it is shown unless another one is. The files that are as they were come from the
   * view before; false where that lacks one, and the run must be asked for whole.
   */
  receive({ view, files }: RunNews): boolean {
    if (this.view && this.view.run !== view.run) {
      return true;
    }
    const known = new Map([...(this.view?.changes ?? []), ...view.changes].map((file) => [file.number, file]));
    const changes = files.flatMap((number) => known.get(number) ?? []);
    if (changes.length < files.length) {
      return false;
    }
    this.show({ ...view, changes });
    return true;
  }
}

/** A hunk with its file. */
export interface Place {
  readonly file: FileView;
  readonly hunk: HunkView;
}

/** All hunks of the run that wait for a decision, in the order of files and lines. */
export function openHunks(view: RunView | undefined): Place[] {
  return allHunks(view).filter(({ hunk }) => hunk.state === "open");
}

/** All hunks of the run, whatever was decided on them. */
export function allHunks(view: RunView | undefined): Place[] {
  return (view?.changes ?? []).flatMap((file) => file.hunks.map((hunk) => ({ file, hunk })));
}

/** The files with accepted hunks, which can be taken back. */
export function acceptedFiles(view: RunView | undefined): FileView[] {
  return (view?.changes ?? []).filter((file) => file.hunks.some(({ state }) => state === "accepted"));
}

/** The open hunk that covers the line, else the next one in the file, else the file's first. */
export function hunkAt(view: RunView | undefined, uri: vscode.Uri, line: number): Place | undefined {
  const here = openHunks(view).filter((place) => linesIn(place, uri));
  return here.find((place) => line < (linesIn(place, uri)?.end ?? 0)) ?? here[0];
}

/** Where a hunk is in a document, at least one line: in the user's file its lines to go, in the proposed one those to come. */
export function linesIn({ file, hunk }: Place, uri: vscode.Uri): { start: number; end: number } | undefined {
  if (isAt(file, uri)) {
    return { start: hunk.line, end: hunk.line + Math.max(sizeOf(hunk).removed, 1) };
  }
  const start = proposedLine({ file, hunk });
  return isSame(file.proposed_uri, uri) ? { start, end: start + Math.max(sizeOf(hunk).added, 1) } : undefined;
}

/** How many lines go and come, also those that the view leaves out. */
export function sizeOf(hunk: HunkView): { added: number; removed: number } {
  return { added: hunk.added.length + hunk.more_added, removed: hunk.removed.length + hunk.more_removed };
}

/** The hunk's first line in the proposed file. */
export function proposedLine({ file, hunk }: Place): number {
  const earlier = file.hunks.filter((one) => one.state === "open" && one.line < hunk.line);
  const shift = earlier.map(sizeOf).reduce((sum, { added, removed }) => sum + added - removed, 0);
  return Math.max(hunk.line + shift, 0);
}

/** Whether the change is one of this document's. Compared as paths: the two sides may escape differently. */
export function isAt(file: FileView, uri: vscode.Uri): boolean {
  return isSame(file.uri, uri);
}

/** Whether `text`, if it isn't empty, is the URI of that file (and not of another text that has its path). */
export function isSame(text: string, uri: vscode.Uri): boolean {
  const { scheme, fsPath } = vscode.Uri.parse(text);
  return text !== "" && scheme === uri.scheme && fsPath === uri.fsPath;
}
