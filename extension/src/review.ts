// Reviewing: accept, reject, look at the difference, go on to the next hunk.

import { basename } from "node:path";
import * as vscode from "vscode";
import { decideRequest, proposedRequest, showRequest, undoRequest, type Decide, type FileView } from "./protocol";
import type { Server } from "./server";
import { acceptedFiles, allHunks, hunkAt, isAt, openHunks, type Place, type Shown } from "./shown";

const SCHEME = "genie-proposed";

/** What a command is about: a tree's row, a lens's hunk, or nothing (then it is about the cursor's place). */
interface Target {
  readonly run?: string;
  readonly path?: string;
  readonly hunk?: string;
}

type Commands = Record<string, (target?: Target) => unknown>;

/** The commands. A lens may belong to another run than the one that is shown: then that one is shown first. */
export function reviewCommands(shown: Shown, server: Server): Commands {
  const commands = commandsOnShown(shown, server);
  const entries = Object.entries(commands).map(([name, action]) => {
    const carryOut = async (target?: Target): Promise<unknown> => {
      if (target?.run && target.run !== shown.view?.run) {
        shown.show(await server.request(showRequest, { run: target.run }));
      }
      return action(target);
    };
    return [name, carryOut] as const;
  });
  return Object.fromEntries(entries);
}

function commandsOnShown(shown: Shown, server: Server): Commands {
  async function decide(places: readonly Place[], decision: Decide["decision"], reason = ""): Promise<void> {
    if (!shown.view || places.length === 0) {
      return;
    }
    const hunks = places.map(({ hunk }) => hunk.id);
    const decided = await server.request(decideRequest, { run: shown.view.run, hunks, decision, reason });
    if (decided.problem) {
      void vscode.window.showWarningMessage(`Genie: ${decided.problem}`);
    }
  }

  const one = (target?: Target) => [placeOf(shown, target)].filter((place) => place !== undefined);
  const inFile = (target?: Target) => {
    const path = target?.path ?? one(target)[0]?.file.path;
    return openHunks(shown.view).filter(({ file }) => file.path === path);
  };
  const all = () => openHunks(shown.view);
  return {
    acceptHunk: (target) => decide(one(target), "accepted"),
    rejectHunk: (target) => decide(one(target), "rejected"),
    async rejectHunkWithReason(target) {
      const places = one(target);
      const reason = places.length > 0 && (await askReason());
      if (typeof reason === "string") {
        await decide(places, "rejected", reason.trim());
      }
    },
    acceptFile: (target) => decide(inFile(target), "accepted"),
    rejectFile: (target) => decide(inFile(target), "rejected"),
    acceptAll: () => decide(all(), "accepted"),
    rejectAll: () => decide(all(), "rejected"),
    takeBack: (target) => takeBack(shown, server, target),
    showDiff: (target) => showDiff(shown, target),
    editHunk: (target) => editHunk(shown, target),
    commentHunk: (target) => commentHunk(shown, target),
    nextHunk: (target) => step(shown, 1, target),
    previousHunk: (target) => step(shown, -1, target),
    openChange: (target) => openChange(shown, target),
  };
}

/** Takes accepted changes out of the files again: those of the row, else those that the user picks. */
async function takeBack(shown: Shown, server: Server, target?: Target): Promise<void> {
  const wish = target?.hunk || target?.path ? target : await pickAccepted(shown);
  if (!shown.view || !wish) {
    return;
  }
  const undo = { run: shown.view.run, hunks: wish.hunk ? [wish.hunk] : [], path: wish.hunk ? "" : (wish.path ?? "") };
  const { problem } = await server.request(undoRequest, undo);
  if (problem) {
    void vscode.window.showWarningMessage(`Genie: not taken back: ${problem}`);
  }
}

async function pickAccepted(shown: Shown): Promise<Target | undefined> {
  const files = acceptedFiles(shown.view);
  const all = { label: "All accepted changes of this run", target: {} };
  const picks = [all, ...files.map(({ path }) => ({ label: path, target: { path } }))];
  return (await vscode.window.showQuickPick(picks, { placeHolder: "Take what back?" }))?.target;
}

/** The hunk that `target` names, else the one at the cursor. */
function placeOf(shown: Shown, target?: Target): Place | undefined {
  if (target?.hunk) {
    return allHunks(shown.view).find(({ hunk }) => hunk.id === target.hunk);
  }
  if (target?.path) {
    return openHunks(shown.view).find(({ file }) => file.path === target.path);
  }
  const editor = vscode.window.activeTextEditor;
  return editor && hunkAt(shown.view, editor.document.uri, editor.selection.active.line);
}

function askReason(): Thenable<string | undefined> {
  const prompt = "What is wrong with it? Genie reads this and looks for another way.";
  return vscode.window.showInputBox({ title: "Genie: Reject with a Reason", prompt, ignoreFocusOut: true });
}

/** Goes to the hunk after or before this one, and from the last to the first, through all files. */
async function step(shown: Shown, by: 1 | -1, target?: Target): Promise<void> {
  const all = openHunks(shown.view);
  const editor = vscode.window.activeTextEditor;
  const here = all.findIndex((place) => (target?.hunk ? place.hunk.id === target.hunk : editor && isOn(place, editor)));
  const next = all.at((here >= 0 ? here + by : cursorAmong(all, editor) + Math.min(by, 0)) % Math.max(all.length, 1));
  if (next) {
    await goTo(shown, next);
  }
}

/** How many of the hunks come before the cursor; in another file none does. */
function cursorAmong(all: readonly Place[], editor: vscode.TextEditor | undefined): number {
  const places = all.map(({ file, hunk }, at) => ({ file, hunk, at }));
  const own = places.filter(({ file }) => editor && isAt(file, editor.document.uri));
  const behind = own.find(({ hunk }) => editor && hunk.line > editor.selection.active.line);
  return behind?.at ?? (own.at(-1)?.at ?? -1) + 1;
}

function isOn({ file, hunk }: Place, editor: vscode.TextEditor): boolean {
  const line = editor.selection.active.line;
  const length = Math.max(hunk.removed.length, 1);
  return isAt(file, editor.document.uri) && line >= hunk.line && line < hunk.line + length;
}

async function reveal(file: FileView, line: number): Promise<void> {
  const at = new vscode.Range(Math.max(line, 0), 0, Math.max(line, 0), 0);
  await vscode.window.showTextDocument(vscode.Uri.parse(file.uri), { selection: at });
}

/** A file that isn't there yet is shown as it is proposed. */
async function goTo(shown: Shown, { file, hunk }: Place): Promise<void> {
  if (file.kind === "created" && hunk.state !== "accepted") {
    await showDiff(shown, { path: file.path });
  } else {
    await reveal(file, hunk.line);
  }
}

/** Opens the box for a remark on the hunk's first line. */
async function commentHunk(shown: Shown, target?: Target): Promise<void> {
  const place = placeOf(shown, target);
  if (place) {
    await goTo(shown, place);
    await vscode.commands.executeCommand("workbench.action.addComment");
  }
}

/** Opens the file as it is proposed, at the hunk: what is saved there is the proposal from then on. */
async function editHunk(shown: Shown, target?: Target): Promise<void> {
  const place = placeOf(shown, target);
  if (!place?.file.proposed_uri) {
    void vscode.window.showInformationMessage("Genie: there is no proposed file to edit here.");
    return;
  }
  const earlier = place.file.hunks.filter((hunk) => hunk.state === "open" && hunk.line < place.hunk.line);
  const shift = earlier.reduce((sum, hunk) => sum + hunk.added.length - hunk.removed.length, 0);
  const at = Math.max(place.hunk.line + shift, 0);
  const selection = new vscode.Range(at, 0, at, 0);
  await vscode.window.showTextDocument(vscode.Uri.parse(place.file.proposed_uri), { selection, preview: false });
}

/** Opens the file at the hunk, or at its first one. */
async function openChange(shown: Shown, target?: Target): Promise<void> {
  const file = target?.path ? fileOf(shown, target.path) : await pickFile(shown);
  if (!file) {
    return;
  }
  const hunk = file.hunks.find(({ id }) => id === target?.hunk) ?? file.hunks[0];
  if (hunk) {
    await goTo(shown, { file, hunk });
  }
}

function fileOf(shown: Shown, path: string): FileView | undefined {
  return shown.view?.changes.find((file) => file.path === path);
}

async function pickFile(shown: Shown): Promise<FileView | undefined> {
  const files = shown.view?.changes ?? [];
  const picks = files.map((file) => ({ label: file.path, file }));
  return picks.length > 1
    ? (await vscode.window.showQuickPick(picks, { placeHolder: "Which changed file?" }))?.file
    : files[0];
}

async function showDiff(shown: Shown, target?: Target): Promise<void> {
  const place = placeOf(shown, target);
  if (!place || !shown.view) {
    return;
  }
  const { file, hunk } = place;
  const present = vscode.Uri.parse(file.uri);
  const query = `${shown.view.run}:${Date.now()}`; // a new name each time: what was shown may be outdated
  const proposed = vscode.Uri.from({ scheme: SCHEME, path: `/${file.path}`, query });
  const left = file.kind === "created" ? vscode.Uri.from({ scheme: SCHEME, path: `/${file.path}` }) : present;
  const selection = new vscode.Range(Math.max(hunk.line, 0), 0, Math.max(hunk.line, 0), 0);
  await vscode.commands.executeCommand("vscode.diff", left, proposed, `${basename(file.path)} ↔ Genie`, { selection });
}

/** The right-hand side of a diff: a file as it would be with every open hunk accepted. */
export function proposedTexts(server: Server): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    async provideTextDocumentContent(uri) {
      const run = uri.query.split(":")[0];
      const ref = { run: run ?? "", path: uri.path.slice(1) };
      return run ? (await server.request(proposedRequest, ref)).text : "";
    },
  });
}
