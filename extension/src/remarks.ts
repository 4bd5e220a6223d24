// Remarks on lines: VS Code's own comment threads, as the server has them of the run that is shown.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { commentRequest, markThreadRequest, type MarkThread, type RunView, type ThreadView } from "./protocol";
import type { Server } from "./server";
import { isAt, isSame, type Shown } from "./shown";

const GO_ON = vscode.l10n.t("Go On");

interface Kept {
  readonly thread: vscode.CommentThread;
  readonly drawn: string;
  readonly sending?: boolean;
}

export class Remarks implements vscode.Disposable {
  private readonly controller = vscode.comments.createCommentController("genie", "Genie");
  private readonly threads = new Map<string, Kept>();
  private readonly unsent = new WeakMap<vscode.CommentThread, { id: string; text: string }>();
  private readonly drawing: vscode.Disposable;
  private files = "";

  constructor(
    private readonly shown: Shown,
    private readonly server: Server,
  ) {
    this.controller.options = { prompt: vscode.l10n.t("Write to Genie…"), placeHolder: vscode.l10n.t("What should Genie change, know or explain?") };
    this.drawing = shown.onDidChange((view) => this.draw(view));
  }

  commands(): Record<string, (target?: object) => unknown> {
    const mark = (mark: MarkThread["mark"]) => async (target?: object) => {
      const thread = this.idOf(target as vscode.CommentThread);
      if (this.shown.view && thread) {
        await this.server.request(markThreadRequest, { run: this.shown.view.run, thread, mark });
      }
    };
    return {
      resolveThread: mark("resolved"),
      reopenThread: mark("open"),
      deleteThread: mark("deleted"),
    };
  }

  dispose(): void {
    this.drawing.dispose();
    this.controller.dispose();
  }

  private idOf(thread: vscode.CommentThread): string | undefined {
    return [...this.threads].find(([, kept]) => kept.thread === thread)?.[0];
  }

  /** Rejects when the remark wasn't kept. */
  async send({ thread, text }: vscode.CommentReply): Promise<void> {
    const { view } = this.shown;
    if (!view) {
      throw new Error(vscode.l10n.t("Genie: show the run first that this is about."));
    }
    const before = this.unsent.get(thread);
    const id = before?.text === text ? before.id : randomBytes(4).toString("hex");
    const known = this.idOf(thread);
    const [uri, line] = [thread.uri.toString(), thread.range?.start.line ?? 0];
    this.unsent.set(thread, { id, text });
    if (!known) {
      this.threads.set(id, { thread, drawn: "", sending: true });
    }
    try {
      const wish = { run: view.run, id, text, thread: known ?? "", uri, line };
      const { offer } = await this.server.request(commentRequest, wish);
      this.unsent.delete(thread);
      void this.goOn(offer);
    } catch (error) {
      if (!known) {
        this.threads.delete(id);
      }
      throw error;
    }
    const kept = this.threads.get(id);
    if (kept) {
      this.threads.set(id, { ...kept, sending: false });
    }
  }

  private async goOn(offer: string): Promise<void> {
    if (offer && (await vscode.window.showInformationMessage(offer, GO_ON)) === GO_ON) {
      await vscode.commands.executeCommand("genie.resume");
    }
  }

  private draw(view: RunView | undefined): void {
    const threads = view?.threads ?? [];
    const wanted = new Set(threads.map(({ id }) => id));
    for (const [id, { thread, sending }] of this.threads) {
      if (!wanted.has(id) && !sending) {
        thread.dispose();
        this.threads.delete(id);
      }
    }
    threads.forEach((thread) => this.drawThread(thread));
    const files = (view?.changes ?? []).map(({ uri, proposed_uri }) => `${uri} ${proposed_uri}`).join("\n");
    if (files !== this.files) {
      this.files = files;
      // Set anew, VS Code asks again for the documents that it shows.
      this.controller.commentingRangeProvider = { provideCommentingRanges: (document) => this.ranges(document) };
    }
  }

  private ranges(document: vscode.TextDocument): vscode.Range[] {
    const changes = this.shown.view?.changes ?? [];
    const ours = changes.some((file) => isAt(file, document.uri) || isSame(file.proposed_uri, document.uri));
    return ours ? [new vscode.Range(0, 0, Math.max(document.lineCount - 1, 0), 0)] : [];
  }

  private drawThread(view: ThreadView): void {
    const kept = this.threads.get(view.id);
    const drawn = JSON.stringify(view);
    if (kept?.drawn === drawn) {
      return;
    }
    const range = new vscode.Range(view.line, 0, view.line, 0);
    let thread = kept?.thread;
    if (!thread || !isSame(view.uri, thread.uri)) {
      thread?.dispose();
      thread = this.controller.createCommentThread(vscode.Uri.parse(view.uri), range, []);
      thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed; // nothing jumps
    }
    this.threads.set(view.id, { thread, drawn, sending: kept?.sending ?? false });
    if (thread.range?.start.line !== view.line) {
      thread.range = range;
    }
    const { Resolved, Unresolved } = vscode.CommentThreadState;
    thread.state = view.resolved ? Resolved : Unresolved;
    thread.contextValue = view.resolved ? "resolved" : "open";
    thread.label = view.told;
    thread.comments = view.words.map(({ by, text }) => ({
      author: { name: by === "user" ? vscode.l10n.t("You") : "Genie" },
      body: new vscode.MarkdownString(text),
      mode: vscode.CommentMode.Preview,
    }));
  }
}
