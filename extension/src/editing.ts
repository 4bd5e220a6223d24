// The user's hand in what a run was begun with: its task, what was found, answers that were given.

import * as vscode from "vscode";
import { answerRequest, editTaskRequest, markSpanRequest, type MarkSpan } from "./protocol";
import type { Server } from "./server";
import type { Shown } from "./shown";
import { askUser } from "./task";

/** A row of Found. */
interface Target {
  readonly span?: { readonly path: string; readonly start: number; readonly end: number };
}

export function editingCommands(shown: Shown, server: Server): Record<string, (target?: Target) => unknown> {
  const mark = async (mark: MarkSpan["mark"], target?: Target) => {
    if (shown.view && target?.span) {
      const { path, start, end } = target.span;
      await server.request(markSpanRequest, { run: shown.view.run, path, start, end, mark });
    }
  };
  return {
    pinSpan: (target) => mark("pin", target),
    dropSpan: (target) => mark("drop", target),
    unmarkSpan: (target) => mark("none", target),
    async addSelection() {
      const editor = vscode.window.activeTextEditor;
      if (editor && shown.view) {
        const { start, end } = editor.selection;
        const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
        await mark("pin", { span: { path: editor.document.uri.fsPath, start: start.line + 1, end: last } });
      }
    },
    async editTask() {
      if (shown.view?.task.includes("\n")) {
        await openTaskFile(shown);
      } else if (shown.view) {
        const prompt = vscode.l10n.t("Genie sees the new words at its next turn, and that you changed them.");
        const options = { title: vscode.l10n.t("Genie: Edit Task"), prompt, value: shown.view.task, ignoreFocusOut: true };
        const text = (await vscode.window.showInputBox(options))?.trim();
        if (text && text !== shown.view.task) {
          await server.request(editTaskRequest, { run: shown.view.run, text });
        }
      }
    },
    openTask: () => openTaskFile(shown),
    async changeAnswer() {
      const rows = (shown.view?.questions ?? []).map((question) => ({
        label: question.text,
        description: question.answer || vscode.l10n.t("not answered yet"),
        question,
      }));
      const placeHolder = rows.length ? vscode.l10n.t("Which answer should be another?") : vscode.l10n.t("Genie has asked nothing in this run.");
      const picked = await vscode.window.showQuickPick(rows, { title: vscode.l10n.t("Genie: Change an Answer"), placeHolder });
      const answer = picked && (await askUser(picked.question));
      if (answer && shown.view) {
        await server.request(answerRequest, { run: shown.view.run, question: picked.question.id, answer });
      }
    },
  };
}

/** A task of several lines is edited in its file, with what was found and the answers. */
async function openTaskFile(shown: Shown): Promise<void> {
  if (shown.view) {
    await vscode.window.showTextDocument(vscode.Uri.parse(shown.view.task_file), { preview: false });
  }
}
