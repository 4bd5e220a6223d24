// What a user hears of the server's life, and the runs that it had under way: they go on when it is back.

import * as vscode from "vscode";
import { resumeRequest, type RunView, showRequest } from "./protocol";
import { explain, RECENT, type Server, TooOften } from "./server";
import type { Shown } from "./shown";

/** How often a run is taken up again by itself: it may be what ends the server. */
const MOST = 3;

export class Life {
  /** The runs that the server works on, as it last said; and those that it worked on when it was lost. */
  private readonly underWay = new Set<string>();
  private readonly torn = new Set<string>();
  private readonly resumed = new Map<string, number>();
  private toldAt = 0;

  constructor(
    private readonly shown: Shown,
    private readonly server: Server,
    private readonly output: vscode.LogOutputChannel,
  ) {}

  /** The server tells of a run. */
  see({ run, phase }: RunView): void {
    if (phase === "working" || phase === "asking") {
      this.underWay.add(run);
    } else {
      this.underWay.delete(run);
    }
  }

  lost(): void {
    this.underWay.forEach((run) => this.torn.add(run));
    this.underWay.clear();
  }

  /** What was under way goes on, and the user is told once. */
  async back(): Promise<void> {
    const torn = [...this.torn];
    this.torn.clear();
    const went = await Promise.all(torn.map((run) => this.goOn(run)));
    const view = this.shown.view;
    if (view) {
      this.shown.show(await this.server.request(showRequest, { run: view.run }).catch(() => view));
    }
    const rests = torn.filter((_, place) => !went[place]);
    if (rests.length > 0) {
      this.tell(vscode.l10n.t("Genie's server ended unexpectedly and was started again. What was under way rests now; nothing of it is lost."), vscode.l10n.t("Resume"), () =>
        vscode.commands.executeCommand("genie.resume", { run: rests[0] }),
      );
    } else if (torn.length > 0 && Date.now() - this.toldAt > RECENT) {
      this.tell(vscode.l10n.t("Genie's server ended unexpectedly and was started again. What was under way goes on."));
    } else {
      vscode.window.setStatusBarMessage(vscode.l10n.t("Genie's server was started again"), 10_000);
    }
  }

  /** The server stays away until somebody asks for it. */
  async gone(error: unknown): Promise<void> {
    this.toldAt = Date.now();
    if (!(error instanceof TooOften)) {
      return explain(error, this.output, () => void vscode.commands.executeCommand("genie.restartServer"));
    }
    this.output.error(error.message);
    const [restart, log, report] = [vscode.l10n.t("Restart"), vscode.l10n.t("Show Log"), vscode.l10n.t("Report Issue")];
    const text = vscode.l10n.t("{0} It isn't started again by itself; nothing of your runs is lost.", error.message);
    const button = await vscode.window.showErrorMessage(text, restart, log, report);
    if (button === restart) {
      await vscode.commands.executeCommand("genie.restartServer");
    } else if (button) {
      await vscode.commands.executeCommand(button === log ? "genie.showOutput" : "genie.reportIssue");
    }
  }

  private async goOn(run: string): Promise<boolean> {
    const times = (this.resumed.get(run) ?? 0) + 1;
    this.resumed.set(run, times);
    if (times > MOST) {
      return false;
    }
    try {
      await this.server.request(resumeRequest, { run, longer: false });
      return true;
    } catch (error) {
      this.output.warn(`Run ${run} doesn't go on by itself: ${error}`);
      return false;
    }
  }

  private tell(text: string, button = vscode.l10n.t("Show Log"), act: () => unknown = () => this.output.show()): void {
    this.toldAt = Date.now();
    this.output.warn(text);
    void vscode.window.showWarningMessage(text, button).then((chosen) => (chosen === button ? act() : undefined));
  }
}
