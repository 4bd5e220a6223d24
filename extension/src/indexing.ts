// The index in the language status: how far it is, what it holds and takes, and the one thing to do about it.

import * as vscode from "vscode";
import { indexRequest, type ChangeIndex, type IndexState } from "./protocol";
import type { Server } from "./server";

const BUTTONS = {
  off: { command: "genie.updateIndex", title: vscode.l10n.t("Index Now") },
  indexing: { command: "genie.pauseIndexing", title: vscode.l10n.t("Pause") },
  ready: { command: "genie.rebuildIndex", title: vscode.l10n.t("Rebuild") },
  paused: { command: "genie.resumeIndexing", title: vscode.l10n.t("Resume") },
  failed: { command: "genie.updateIndex", title: vscode.l10n.t("Try Again") },
} as const;

/** What the server last said of each workspace folder's index: nothing before its first use. */
export class Indexing implements vscode.Disposable {
  private readonly states = new Map<string, IndexState>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly item = vscode.languages.createLanguageStatusItem("genie.index", { scheme: "file" });
  private readonly following = vscode.window.onDidChangeActiveTextEditor(() => this.draw());

  constructor(private readonly server: Server) {
    this.item.name = vscode.l10n.t("Genie index");
    this.draw();
  }

  receive(state: IndexState): void {
    this.states.set(state.folder, state);
    this.draw();
    this.changed.fire();
  }

  /** A new server knows of no index: those in use are taken up again. */
  takeUpAgain(): void {
    for (const folder of this.states.keys()) {
      void this.change(folder, "update").catch(() => undefined); // a failure comes as a state, too
    }
  }

  /** The state of the folder's index; by default that of the folder in which the user is. */
  state(folder = folderInUse()): IndexState | undefined {
    return folder && this.states.get(folder.uri.fsPath);
  }

  commands(): Record<string, () => unknown> {
    const here = (action: ChangeIndex["action"]) => async () => {
      const folder = folderInUse();
      return folder && this.receive(await this.change(folder.uri.fsPath, action));
    };
    return {
      updateIndex: here("update"),
      pauseIndexing: here("pause"),
      resumeIndexing: here("resume"),
      rebuildIndex: here("rebuild"),
      setUpVectors: () => this.setUpVectors(here("vectors")),
    };
  }

  /** Nothing is downloaded before the user agrees to it. */
  private async setUpVectors(carryOut: () => Promise<unknown>): Promise<void> {
    const yes = vscode.l10n.t("Set Up");
    const told =
      vscode.l10n.t(
        "Genie can search by meaning, with a small model that runs on this machine alone. To have it, 84 MB are downloaded once; then a process in the background goes through your code.",
      );
    if ((await vscode.window.showInformationMessage(told, yes)) !== yes) {
      return;
    }
    const title = vscode.l10n.t("Genie: setting up search by meaning…");
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, carryOut);
  }

  dispose(): void {
    vscode.Disposable.from(this.item, this.following, this.changed).dispose();
  }

  private change(folder: string, action: ChangeIndex["action"]): Promise<IndexState> {
    return this.server.request(indexRequest, { folder, action });
  }

  private draw(): void {
    const state = this.state();
    const phase = state?.state ?? "off";
    const { Error, Information } = vscode.LanguageStatusSeverity;
    this.item.text = `$(search) ${vscode.l10n.t("Genie index: {0}", state ? words(state) : vscode.l10n.t("not in use yet"))}`;
    this.item.detail = state ? details(state) : "";
    this.item.busy = phase === "indexing";
    this.item.severity = phase === "failed" ? Error : Information;
    this.item.command = BUTTONS[phase];
    void vscode.commands.executeCommand("setContext", "genie.index", phase);
  }
}

/** The state in a few words. */
export function words(state: IndexState): string {
  const [done, total] = [state.done.toLocaleString(), state.total.toLocaleString()];
  switch (state.state) {
    case "indexing":
      return state.total ? vscode.l10n.t("{0} of {1} files", done, total) : vscode.l10n.t("looking for changes");
    case "paused":
      return state.done < state.total ? vscode.l10n.t("paused at {0} of {1} files", done, total) : vscode.l10n.t("paused");
    case "failed":
      return vscode.l10n.t("failed");
    case "ready":
      return state.files === 1 ? vscode.l10n.t("1 file") : vscode.l10n.t("{0} files", state.files.toLocaleString());
  }
}

function details(state: IndexState): string {
  const chunks = state.chunks ? vscode.l10n.t("{0} chunks", state.chunks.toLocaleString()) : "";
  const all = state.embedded >= state.chunks;
  const vectors = all ? vscode.l10n.t("all by meaning") : vscode.l10n.t("{0} by meaning", state.embedded.toLocaleString());
  const meaning = state.trouble ? vscode.l10n.t("words only: {0}", state.trouble) : state.embedded > 0 ? vectors : "";
  const memory = state.memory_mb ? vscode.l10n.t("{0} MB of memory", state.memory_mb.toLocaleString()) : "";
  return state.message || [chunks, meaning, memory].filter(Boolean).join(", ");
}

function folderInUse(): vscode.WorkspaceFolder | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return (uri && vscode.workspace.getWorkspaceFolder(uri)) ?? vscode.workspace.workspaceFolders?.[0];
}
