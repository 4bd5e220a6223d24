// Earlier runs in the sidebar: shown, taken up again, handed on, deleted.

import { homedir } from "node:os";
import * as vscode from "vscode";
import { icon, item, stateOf } from "./branches";
import { beforeDeletingRequest, deleteRunRequest, exportRunRequest, runsRequest, type RunSummary } from "./protocol";
import { explain, type Server } from "./server";
import type { Shown } from "./shown";
import { type Branch, Tree } from "./tree";

const DELETE = vscode.l10n.t("Delete");

export class History {
  readonly tree = new Tree("genie.runs", { canSelectMany: true });
  private told = "";

  constructor(
    private readonly shown: Shown,
    private readonly server: Server,
    private readonly output: vscode.LogOutputChannel,
  ) {
    shown.onDidChange((view) => {
      const news = `${view?.run} ${view?.phase}`;
      if (news !== this.told) {
        this.told = news;
        void this.list();
      }
    });
  }

  async list(): Promise<void> {
    try {
      const runs = vscode.workspace.isTrusted ? await listRuns(this.server) : [];
      this.tree.set(runBranches(runs, this.shown.view?.run));
    } catch (error) {
      // A command that failed for the same reason goes first: to try again is to repeat the command then.
      setImmediate(() => void explain(error, this.output, () => void this.list()));
    }
  }

  commands(): Record<string, (target?: Branch, chosen?: readonly Branch[]) => unknown> {
    return {
      deleteRun: async (target, chosen) => {
        const rows = chosen?.length ? chosen : target ? [target] : this.tree.view.selection;
        const picked = rows.length ? rows.flatMap(({ run }) => run ?? []) : [await pickRun(this.server)];
        await this.delete(picked.filter((run) => run !== undefined));
      },
      exportRun: async (target) => {
        const run = target?.run ?? this.shown.view?.run ?? (await pickRun(this.server));
        if (run) {
          await this.export(run);
        }
      },
    };
  }

  /** Asks once, saying what goes. */
  private async delete(runs: readonly string[]): Promise<void> {
    if (runs.length === 0) {
      return;
    }
    const goes = await Promise.all(runs.map((run) => this.server.request(beforeDeletingRequest, { run })));
    const message = goes.length === 1 ? vscode.l10n.t("Delete “{0}” for good?", goes[0]?.title ?? "") : vscode.l10n.t("Delete {0} runs for good?", goes.length);
    const each = goes.map(({ title, told }) => (goes.length === 1 ? vscode.l10n.t("This removes {0}.", told) : `${title}: ${told}.`));
    const detail = [...each, vscode.l10n.t("Your files stay as they are.")].join("\n");
    if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, DELETE)) !== DELETE) {
      return;
    }
    for (const run of runs) {
      await this.server.request(deleteRunRequest, { run });
      if (this.shown.view?.run === run) {
        this.shown.clear();
      }
    }
    await this.list();
  }

  private async export(run: string): Promise<void> {
    const beside = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
    const target = await vscode.window.showSaveDialog({
      title: vscode.l10n.t("Genie: Export Run"),
      defaultUri: vscode.Uri.joinPath(beside, "..", `${run}.zip`),
      filters: { [vscode.l10n.t("Zip file")]: ["zip"] },
      saveLabel: vscode.l10n.t("Export"),
    });
    if (target) {
      const { uri, struck } = await this.server.request(exportRunRequest, { run, path: target.fsPath });
            const where = vscode.Uri.parse(uri).fsPath;
      void vscode.window.showInformationMessage(
        vscode.l10n.t("Genie: exported to {0}. Secrets struck out: {1}. Look it over before you hand it on.", where, struck),
      );
    }
  }
}

/** A run with the name of its folder, "" where the workspace has only one. */
type Listed = RunSummary & { readonly folder: string };

/** The runs of all folders of the workspace, the newest first; two folders may lie in one repository. */
export async function listRuns(server: Server): Promise<Listed[]> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const lists = folders.map(async ({ name, uri }) => {
    const { runs } = await server.request(runsRequest, { folder: uri.fsPath });
    return runs.map((run) => [run.run, { ...run, folder: folders.length > 1 ? name : "" }] as const);
  });
  const runs = new Map((await Promise.all(lists)).flat());
  return [...runs.values()].sort((one, other) => other.run.localeCompare(one.run));
}

export async function pickRun(server: Server): Promise<string | undefined> {
  const picks = (await listRuns(server)).map((run) => ({
    label: run.title,
    description: [stateOf(run).words, new Date(run.at).toLocaleString(), run.folder].filter(Boolean).join(", "),
    run: run.run,
  }));
  return (await vscode.window.showQuickPick(picks, { placeHolder: vscode.l10n.t("Which run?"), matchOnDescription: true }))?.run;
}

function runBranches(runs: readonly Listed[], shown: string | undefined): Branch[] {
  return runs.map((run) => {
    const state = stateOf(run);
    const resting = run.phase === "finished" || run.phase === "stopped";
    const when = new Date(run.at).toLocaleString(vscode.env.language, { dateStyle: "short", timeStyle: "short" });
    const own = [run.run === shown ? vscode.l10n.t("shown") : "", state.words, run.folder, when, run.origin && vscode.l10n.t("branch")];
    const told = own.filter(Boolean);
    return {
      item: item(`run ${run.run}`, run.title, {
        description: told.join(" · "),
        tooltip: [run.title, run.origin].filter(Boolean).join("\n\n"),
        said: [run.title, ...told].join(", "),
        icon: icon(state.icon, state.color),
        context: resting ? "run.resting" : "run.working",
        command: { command: "genie.showRun", title: vscode.l10n.t("Show"), arguments: [{ run: run.run }] },
      }),
      run: run.run,
    };
  });
}
