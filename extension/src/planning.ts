// The user's hand in the plan: each edit sends the whole plan as the user wants it.

import * as vscode from "vscode";
import { editPlanRequest, type Step } from "./protocol";
import type { Server } from "./server";
import type { Shown } from "./shown";

interface Target {
  readonly step?: string;
}

export function planCommands(shown: Shown, server: Server): Record<string, (target?: Target) => unknown> {
  async function send(edit: (steps: Step[], at: number) => void, target?: Target): Promise<void> {
    if (shown.view) {
      const steps = [...shown.view.plan];
      edit(steps, steps.findIndex(({ id }) => id === target?.step));
      await server.request(editPlanRequest, { run: shown.view.run, steps, seen: shown.view.plan });
    }
  }

  const change = (part: Partial<Step>, target?: Target) =>
    send((steps, at) => steps[at] && steps.splice(at, 1, { ...steps[at], ...part }), target);
  const move = (by: number, target?: Target) =>
    send((steps, at) => {
      const to = Math.min(Math.max(at + by, 0), steps.length - 1);
      steps.splice(to, 0, ...steps.splice(at, 1));
    }, target);

  return {
    async openPlan() {
      if (shown.view?.plan_file) {
        await vscode.window.showTextDocument(vscode.Uri.parse(shown.view.plan_file), { preview: false });
      }
    },
    strikeStep: (target) => change({ state: "struck" }, target),
    restoreStep: (target) => change({ state: "todo" }, target),
    moveStepUp: (target) => move(-1, target),
    moveStepDown: (target) => move(1, target),
    async rewordStep(target) {
      const value = shown.view?.plan.find(({ id }) => id === target?.step)?.text ?? "";
      const text = await vscode.window.showInputBox({ prompt: "What should this step be?", value });
      if (text?.trim()) {
        await change({ text: text.trim() }, target);
      }
    },
    async addStep() {
      const text = await vscode.window.showInputBox({ prompt: "What should Genie do as well?" });
      if (text?.trim()) {
        await send((steps) => steps.push({ id: "", text: text.trim(), state: "todo", notes: "" }));
      }
    },
  };
}
