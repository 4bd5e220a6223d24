// The plan in the sidebar and the user's hand in it: each edit sends the whole plan as the user wants it.

import * as vscode from "vscode";
import { countsOf, GREEN, GREY, icon, item } from "./branches";
import { editPlanRequest, type FileView, type RunView, type Step } from "./protocol";
import type { Server } from "./server";
import type { Shown } from "./shown";
import { type Branch, Tree } from "./tree";

const MIME = "application/vnd.code.tree.genie.plan";

type Edit = (steps: readonly Step[]) => readonly Step[];

/** The tree, and the commands on its steps: those of the rows that they are given, else of those selected. */
export class Planning {
  readonly tree: Tree;

  constructor(
    private readonly shown: Shown,
    private readonly server: Server,
    attempt: (action: () => Promise<void>) => void,
  ) {
    this.tree = new Tree("genie.plan", {
      canSelectMany: true,
      manageCheckboxStateManually: true,
      dragAndDropController: {
        dragMimeTypes: [MIME],
        dropMimeTypes: [MIME],
        handleDrag: (rows, data) => data.set(MIME, new vscode.DataTransferItem(idsOf(rows))),
        handleDrop: (target, data) => attempt(() => this.drop(data.get(MIME)?.value ?? [], target)),
      },
    });
    this.tree.view.onDidChangeCheckboxState(({ items }) => {
      for (const [row, checkboxState] of items) {
        row.item.checkboxState = checkboxState; // what the user sees; the next view is compared with it
      }
      attempt(() => this.tick(items));
    });
  }

  draw(view: RunView | undefined): void {
    this.tree.set(view ? planBranches(view) : []);
  }

  commands(): Record<string, (target?: Branch, chosen?: readonly Branch[]) => unknown> {
    const change = (part: Partial<Step>) => (target?: Branch, chosen?: readonly Branch[]) =>
      this.change(part, this.ids(target, chosen));
    const move = (by: -1 | 1) => (target?: Branch, chosen?: readonly Branch[]) =>
      this.edit((steps) => shifted(steps, this.ids(target, chosen), by));
    return {
      openPlan: () => this.open(),
      strikeStep: change({ state: "struck" }),
      restoreStep: change({ state: "todo" }),
      moveStepUp: move(-1),
      moveStepDown: move(1),
      tickStep: (target, chosen) => this.toggle(this.ids(target, chosen)),
      rewordStep: (target) => this.reword(this.ids(target)[0]),
      deleteStep: (target, chosen) => {
        const gone = this.ids(target, chosen);
        return this.edit((steps) => steps.filter(({ id }) => !gone.includes(id)));
      },
      addStep: () => this.add(),
    };
  }

  private ids(target?: Branch, chosen?: readonly Branch[]): string[] {
    return idsOf(chosen?.length ? chosen : target ? [target] : this.tree.view.selection);
  }

  private async edit(edit: Edit): Promise<void> {
    const { view } = this.shown;
    const steps = view && edit(view.plan);
    if (view && JSON.stringify(steps) !== JSON.stringify(view.plan)) {
      await this.server.request(editPlanRequest, { run: view.run, steps: steps ?? [], seen: view.plan });
    }
  }

  private change(part: Partial<Step>, ids: readonly string[]): Promise<void> {
    return this.edit((steps) => steps.map((step) => (ids.includes(step.id) ? { ...step, ...part } : step)));
  }

  /** All done, unless they are: then all to do again. */
  private toggle(ids: readonly string[]): Promise<void> {
    const steps = (this.shown.view?.plan ?? []).filter(({ id }) => ids.includes(id));
    return this.change({ state: steps.every(({ state }) => state === "done") ? "todo" : "done" }, ids);
  }

  private async tick(items: readonly (readonly [Branch, vscode.TreeItemCheckboxState])[]): Promise<void> {
    const states = new Map(items.map(([row, box]) => [row.step, box ? "done" : "todo"] as const));
    try {
      await this.edit((steps) => steps.map((step) => ({ ...step, state: states.get(step.id) ?? step.state })));
    } catch (error) {
      this.draw(this.shown.view);
      throw error;
    }
  }

  /** Before the row that is dropped on when it lies above, behind it when below: so both ends are reached. */
  private async drop(ids: readonly string[], target?: Branch): Promise<void> {
    const on = target?.step ?? target?.under;
    await this.edit((steps) => {
      const moved = steps.filter(({ id }) => ids.includes(id));
      const rest = steps.filter(({ id }) => !ids.includes(id));
      const [first, aim] = [steps.findIndex(({ id }) => ids.includes(id)), steps.findIndex(({ id }) => id === on)];
      const beside = rest.findIndex(({ id }) => id === on);
      if (on !== undefined && beside < 0) {
        return steps; // on one of those that are moved
      }
      const at = on === undefined ? rest.length : first < aim ? beside + 1 : beside;
      return [...rest.slice(0, at), ...moved, ...rest.slice(at)];
    });
  }

  private async open(): Promise<void> {
    if (this.shown.view?.plan_file) {
      await vscode.window.showTextDocument(vscode.Uri.parse(this.shown.view.plan_file), { preview: false });
    }
  }

  private async reword(id: string | undefined): Promise<void> {
    const step = this.shown.view?.plan.find((one) => one.id === id);
    if (step) {
      const text = await vscode.window.showInputBox({ prompt: vscode.l10n.t("What should this step be?"), value: step.text });
      if (text?.trim()) {
        await this.change({ text: text.trim() }, [step.id]);
      }
    }
  }

  private async add(): Promise<void> {
    const text = await vscode.window.showInputBox({ prompt: vscode.l10n.t("What should Genie do as well?") });
    if (text?.trim()) {
      await this.edit((steps) => [...steps, { id: "", text: text.trim(), state: "todo", notes: "" }]);
    }
  }
}

function idsOf(rows: readonly Branch[]): string[] {
  return rows.flatMap(({ step }) => step ?? []);
}

/** Each of the steps one place on, as far as there is one; those beside each other stay so. */
function shifted(steps: readonly Step[], ids: readonly string[], by: -1 | 1): Step[] {
  const order = by < 0 ? [...steps] : [...steps].reverse();
  for (let at = 1; at < order.length; at++) {
    const [above, here] = [order[at - 1], order[at]];
    if (above && here && ids.includes(here.id) && !ids.includes(above.id)) {
      order.splice(at - 1, 2, here, above);
    }
  }
  return by < 0 ? order : order.reverse();
}

const ICONS: Record<Step["state"], vscode.ThemeIcon> = {
  todo: icon("circle-large-outline"),
  doing: icon("arrow-circle-right", "charts.blue"),
  done: icon("pass-filled", GREEN),
  struck: icon("circle-slash", GREY),
};
const WORDS: Record<Step["state"], string> = {
  todo: vscode.l10n.t("to do"),
  doing: vscode.l10n.t("under way"),
  done: vscode.l10n.t("done"),
  struck: vscode.l10n.t("struck out"),
};

export function planBranches(view: RunView): Branch[] {
  return view.plan.map((step, place) => {
    const under = { under: step.id };
    const notes = step.notes.split("\n").filter((line) => line.trim());
    const files = view.changes.filter((file) => hunksOf(file, step).length > 0);
    const children = [
      ...notes.map((line, n) => ({ ...under, item: noteItem(step, line, n) })),
      ...files.map((file) => ({ ...under, item: fileItem(view, step, file) })),
    ];
    const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
    const made = item(`step ${step.id}`, step.text, {
      icon: step.state === "doing" && view.phase === "working" ? icon("loading~spin", "charts.blue") : ICONS[step.state],
      description: step.state === "struck" ? WORDS.struck : (notes[0] ?? ""),
      tooltip: [step.text, step.notes].filter(Boolean).join("\n\n"),
      said: vscode.l10n.t("Step {0} of {1}, {2}: {3}", place + 1, view.plan.length, WORDS[step.state], step.text),
      context: `step.${step.state}`,
      ...(children.length > 0 && { open: false }),
    });
    made.checkboxState = step.state === "done" ? Checked : Unchecked;
    return { item: made, step: step.id, children };
  });
}

function hunksOf(file: FileView, step: Step): FileView["hunks"] {
  return file.hunks.filter(({ steps }) => steps.includes(step.id));
}

function noteItem(step: Step, line: string, place: number): vscode.TreeItem {
  return item(`note ${step.id} ${place}`, line.trim(), { icon: icon("note"), tooltip: step.notes });
}

/** A file that was changed under the step; it opens at the first such change. */
function fileItem(view: RunView, step: Step, file: FileView): vscode.TreeItem {
  const hunks = hunksOf(file, step);
  const target = { run: view.run, path: file.path, hunk: hunks[0]?.id };
  const made = item(`changed ${step.id} ${file.path}`, file.path.split("/").pop() ?? file.path, {
    icon: vscode.ThemeIcon.File,
    description: countsOf(hunks),
    tooltip: file.path,
    command: { command: "genie.openChange", title: vscode.l10n.t("Open"), arguments: [target] },
  });
  made.resourceUri = vscode.Uri.parse(file.uri);
  return made;
}
