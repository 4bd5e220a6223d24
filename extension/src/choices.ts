// What a task is begun with: which profile, and how many candidates. Each choice says in a line what it does.

import * as vscode from "vscode";
import { type Choices, choicesRequest } from "./protocol";
import type { Server } from "./server";
import { own, setOwn } from "./settings";

const NONE = "none";
const MOST = 16;

type Pick<T> = vscode.QuickPickItem & { readonly value?: T };

export function choiceCommands(server: Server): Record<string, () => unknown> {
  return {
    async chooseProfile() {
      const choices = await server.request(choicesRequest, {});
      const present = own("profile", "");
      const rows: Pick<string>[] = [
        { label: "As the settings file says", detail: choices.profile || "It names none: the chosen model does everything", value: "" },
        { label: "None", detail: "The chosen model does everything", value: NONE },
        ...choices.profiles.map(({ name, told }) => ({ label: name, detail: told, value: name })),
        { label: "$(edit) Write a Profile…", detail: "Profiles stand in Genie's settings file: [profiles.NAME]", alwaysShow: true },
      ];
      const picked = await pick("Genie: Choose Profile", "Who plans, who writes, and who condenses long outputs?", rows, present);
      if (picked?.value !== undefined) {
        await write("profile", picked.value);
      } else if (picked) {
        await openSettings(choices);
      }
    },
    async chooseCandidates() {
      const choices = await server.request(choicesRequest, {});
      const present = own("candidates", 0);
      const several = [2, 4, 8].map((value) => ({
        label: `Best of ${value}`,
        detail: `By tests, then agreement, then size; up to ${value} times the tokens. Not with the offline model`,
        value,
      }));
      const rows: Pick<number>[] = [
        { label: "As the settings file says", detail: bestOf(choices.candidates), value: 0 },
        { label: "One", detail: "One change is written", value: 1 },
        ...several,
        { label: "Another Number…", detail: `Up to ${MOST}`, alwaysShow: true },
      ];
      const picked = await pick("Genie: Choose Number of Candidates", "How many changes are written, of which the best is proposed?", rows, present);
      const count = picked && (picked.value ?? (await typeNumber()));
      if (count !== undefined) {
        await write("candidates", count);
      }
    },
  };
}

async function pick<T>(title: string, placeHolder: string, rows: readonly Pick<T>[], present: T): Promise<Pick<T> | undefined> {
  const marked = rows.map((row) => (row.value === present ? { ...row, description: "now" } : row));
  return vscode.window.showQuickPick(marked, { title, placeHolder, matchOnDetail: true });
}

function bestOf(count: number): string {
  return count > 1 ? `The best of ${count}` : "One change is written";
}

async function typeNumber(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: "Genie: Choose Number of Candidates",
    prompt: `1 to ${MOST}`,
    validateInput: (typed) => (/^\d+$/.test(typed) && +typed >= 1 && +typed <= MOST ? "" : `A number from 1 to ${MOST}`),
  });
  return text ? Number(text) : undefined;
}

async function write(name: "profile" | "candidates", value: string | number): Promise<void> {
  await setOwn(name, value);
  vscode.window.setStatusBarMessage(`Genie's ${name} from now on: ${value || "as the settings file says"}`, 10_000);
}

/** Opens the file; one that isn't there yet is begun. */
async function openSettings({ settings_uri }: Choices): Promise<void> {
  const uri = vscode.Uri.parse(settings_uri);
  const there = await vscode.workspace.fs.stat(uri).then(() => true, () => false);
  await vscode.window.showTextDocument(there ? uri : uri.with({ scheme: "untitled" }), { preview: false });
}
