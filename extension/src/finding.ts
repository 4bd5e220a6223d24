// "Genie: Find Code": what the user types goes to the server, and what it finds is listed and shown.

import { basename } from "node:path";
import * as vscode from "vscode";
import { type Indexing, words } from "./indexing";
import { Preview } from "./preview";
import { findCodeRequest, type CodeFound, type CodeSpan, type IndexState } from "./protocol";
import type { Server } from "./server";

const TITLE = vscode.l10n.t("Genie: Find Code");
/** Milliseconds without typing after which is searched. */
const REST = 150;

interface Row extends vscode.QuickPickItem {
  readonly span?: CodeSpan;
}

/** Lists what fits while the user types; resolves when one was opened or the user has left. */
export async function findCode(server: Server, indexing: Indexing): Promise<void> {
  const finder = new Finder(server, indexing, vscode.workspace.workspaceFolders ?? []);
  try {
    await finder.run();
  } finally {
    finder.dispose();
  }
}

class Finder implements vscode.Disposable {
  private readonly picker = vscode.window.createQuickPick<Row>();
  private readonly preview = new Preview();
  private readonly following: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;
  private asked = new vscode.CancellationTokenSource();
  private partial = true;

  constructor(
    private readonly server: Server,
    private readonly indexing: Indexing,
    private readonly folders: readonly vscode.WorkspaceFolder[],
  ) {
    this.picker.placeholder = vscode.l10n.t("What does the code do? e.g. retries a request with backoff");
    this.picker.ignoreFocusOut = true; // the user may scroll in what is shown
    this.picker.keepScrollPosition = true;
    // Not in the public types: without it VS Code puts rows first whose label has the typed letters.
    Object.assign(this.picker, { sortByLabel: false });
    this.following = vscode.Disposable.from(
      this.picker.onDidChangeValue(() => this.searchSoon()),
      this.picker.onDidChangeActive(([row]) => row?.span && this.preview.show(row.span)),
      this.indexing.onDidChange(() => this.indexChanged()),
    );
    this.indexChanged();
  }

  async run(): Promise<void> {
    const chosen = new Promise<CodeSpan | undefined>((resolve) => {
      this.picker.onDidAccept(() => this.picker.activeItems[0]?.span && resolve(this.picker.activeItems[0].span));
      this.picker.onDidHide(() => resolve(undefined));
    });
    this.picker.show();
    const begun = this.ask(""); // starts the server and the index before anything is typed
    begun.catch(() => this.picker.hide());
    const span = await chosen;
    this.picker.hide();
    await (span ? this.preview.go(span) : this.preview.back());
    await begun;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.asked.cancel();
    vscode.Disposable.from(this.following, this.picker, this.asked).dispose();
  }

  private indexChanged(): void {
    const state = this.underWay();
    this.picker.title = state ? vscode.l10n.t("Genie: Find Code (indexing: {0})", words(state)) : TITLE;
    if (this.partial && this.picker.value) {
      this.searchSoon();
    }
  }

  private underWay(): IndexState | undefined {
    return this.folders.map((folder) => this.indexing.state(folder)).find((state) => state?.state === "indexing");
  }

  private searchSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.search(this.picker.value), REST);
  }

  private async search(query: string): Promise<void> {
    this.asked.cancel();
    const { token } = (this.asked = new vscode.CancellationTokenSource());
    try {
      const found = await this.ask(query, token);
      if (!token.isCancellationRequested) {
        this.list(found, query);
      }
    } catch (error) {
      if (!token.isCancellationRequested) {
        const why = error instanceof Error ? error.message : String(error);
        this.picker.items = [{ label: vscode.l10n.t("$(error) Genie can't search"), detail: why, alwaysShow: true }];
      }
    }
  }

  /** What each folder's repository has to say. One that fails matters only if all do. */
  private async ask(query: string, token?: vscode.CancellationToken): Promise<CodeFound[]> {
    this.picker.busy = true;
    try {
      const wishes = this.folders.map((folder) => ({ folder: folder.uri.fsPath, query }));
      const answers = await Promise.allSettled(
        wishes.map((wish) => this.server.request(findCodeRequest, wish, token)),
      );
      const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
      const failed = answers.find((answer) => answer.status === "rejected");
      if (failed && found.length === 0) {
        throw failed.reason;
      }
      return found;
    } finally {
      this.picker.busy = token?.isCancellationRequested ?? false; // then another one is under way
    }
  }

  /** While more is indexed, the row on which the user is stays the active one. */
  private list(found: readonly CodeFound[], query: string): void {
    const more = this.partial;
    this.partial = found.some(({ indexing }) => indexing);
    const spans = found.flatMap((one) => one.spans);
    const rows = [...new Map(spans.map((span) => [`${span.uri}:${span.start}`, rowOf(span)])).values()];
    const nothing = { label: this.partial ? vscode.l10n.t("Nothing fits these words yet") : vscode.l10n.t("Nothing fits these words"), alwaysShow: true };
    const active = this.picker.activeItems[0]?.span;
    this.picker.items = rows.length || !query.trim() ? rows : [nothing];
    const same = rows.filter(({ span }) => span?.uri === active?.uri && span?.start === active?.start);
    if (more && same.length) {
      this.picker.activeItems = same;
    }
    if (this.partial && !this.underWay()) {
      this.searchSoon(); // the rest came in while this answer was on its way
    }
  }
}

function rowOf(span: CodeSpan): Row {
  return {
    label: span.symbol || basename(span.path),
    description: `${span.path}:${span.start}`,
    detail: [span.reason, span.preview].join(" · "),
    iconPath: new vscode.ThemeIcon(span.symbol ? "symbol-method" : "file-code"),
    alwaysShow: true,
    span,
  };
}
