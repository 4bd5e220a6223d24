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
        { label: vscode.l10n.t("As the settings file says"), detail: choices.profile || vscode.l10n.t("It names none: the chosen model does everything"), value: "" },
        { label: vscode.l10n.t("None"), detail: vscode.l10n.t("The chosen model does everything"), value: NONE },
        ...choices.profiles.map(({ name, told }) => ({ label: name, detail: told, value: name })),
        { label: vscode.l10n.t("$(edit) Write a Profile…"), detail: vscode.l10n.t("Profiles stand in Genie's settings file: [profiles.NAME]"), alwaysShow: true },
      ];
      const picked = await pick(vscode.l10n.t("Genie: Choose Profile"), vscode.l10n.t("Who plans, who writes, and who condenses long outputs?"), rows, present);
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
        label: vscode.l10n.t("Best of {0}", value),
        detail: vscode.l10n.t("By tests, then agreement, then size; up to {0} times the tokens. Not with the offline model", value),
        value,
      }));
      const rows: Pick<number>[] = [
        { label: vscode.l10n.t("As the settings file says"), detail: bestOf(choices.candidates), value: 0 },
        { label: vscode.l10n.t("One"), detail: vscode.l10n.t("One change is written"), value: 1 },
        ...several,
        { label: vscode.l10n.t("Another Number…"), detail: vscode.l10n.t("Up to {0}", MOST), alwaysShow: true },
      ];
      const picked = await pick(vscode.l10n.t("Genie: Choose Number of Candidates"), vscode.l10n.t("How many changes are written, of which the best is proposed?"), rows, present);
      const count = picked && (picked.value ?? (await typeNumber()));
      if (count !== undefined) {
        await write("candidates", count);
      }
    },
  };
}

async function pick<T>(title: string, placeHolder: string, rows: readonly Pick<T>[], present: T): Promise<Pick<T> | undefined> {
  const marked = rows.map((row) => (row.value === present ? { ...row, description: vscode.l10n.t("now") } : row));
  return vscode.window.showQuickPick(marked, { title, placeHolder, matchOnDetail: true });
}

function bestOf(count: number): string {
  return count > 1 ? vscode.l10n.t("The best of {0}", count) : vscode.l10n.t("One change is written");
}

async function typeNumber(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Genie: Choose Number of Candidates"),
    prompt: vscode.l10n.t("1 to {0}", MOST),
    validateInput: (typed) => (/^\d+$/.test(typed) && +typed >= 1 && +typed <= MOST ? "" : vscode.l10n.t("A number from 1 to {0}", MOST)),
  });
  return text ? Number(text) : undefined;
}

async function write(name: "profile" | "candidates", value: string | number): Promise<void> {
  await setOwn(name, value);
  const now = String(value || vscode.l10n.t("as the settings file says"));
  const told =
    name === "profile"
      ? vscode.l10n.t("Genie's profile from now on: {0}", now)
      : vscode.l10n.t("Genie's candidates from now on: {0}", now);
  vscode.window.setStatusBarMessage(told, 10_000);
}

/** Opens the file; one that isn't there yet is begun. */
async function openSettings({ settings_uri }: Choices): Promise<void> {
  const uri = vscode.Uri.parse(settings_uri);
  const there = await vscode.workspace.fs.stat(uri).then(() => true, () => false);
  await vscode.window.showTextDocument(there ? uri : uri.with({ scheme: "untitled" }), { preview: false });
}
