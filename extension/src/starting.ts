// How a task begins: typed, a ticket, the selection, a problem, a test. "Genie: Fix This" on problems.

import * as vscode from "vscode";
import { beginningsRequest, readTaskRequest } from "./protocol";
import { isRefusal, type Server } from "./server";

const TITLE = vscode.l10n.t("Genie: Solve Task");
const MOST_PROBLEMS = 20;
const LONGEST_MESSAGE = 2_000;

interface Spot {
  readonly uri: vscode.Uri;
  readonly line: number;
}

interface Offer extends vscode.QuickPickItem {
  readonly text: string;
}

/** A quick fix for what any extension reports; all problems that begin on a line are one task. */
export function fixProblems(): vscode.Disposable {
  const kind = vscode.CodeActionKind.QuickFix;
  const provider: vscode.CodeActionProvider = {
    provideCodeActions(document, _range, { diagnostics }) {
      const [first] = diagnostics;
      if (!first || !vscode.workspace.isTrusted || !vscode.workspace.getWorkspaceFolder(document.uri)) {
        return [];
      }
      const line = first.range.start.line;
      const action = new vscode.CodeAction(vscode.l10n.t("Genie: Fix This"), kind);
      action.diagnostics = diagnostics.filter(({ range }) => range.start.line === line);
      const spot: Spot = { uri: document.uri, line };
      action.command = { command: "genie.fixThis", title: action.title, arguments: [spot] };
      return [action];
    },
  };
  return vscode.languages.registerCodeActionsProvider({ scheme: "file" }, provider, { providedCodeActionKinds: [kind] });
}

/** The task of the problems on a line: where the user pointed, or where the cursor is. */
export async function fixThis(target?: object): Promise<void> {
  const pointed = target as Spot | undefined;
  const spot = pointed?.uri ? pointed : cursor();
  const document = spot && (await vscode.workspace.openTextDocument(spot.uri));
  const problem = document && problemOn(document, spot.line);
  if (!problem) {
    void vscode.window.showInformationMessage(vscode.l10n.t("No problem is reported on this line."));
    return;
  }
  await vscode.commands.executeCommand("genie.solve", { text: problem.text, uri: document.uri });
}

/** What the user wants done: chosen of what lies before them, or typed; undefined when they don't say. */
export async function taskText(server: Server, folder: vscode.WorkspaceFolder): Promise<string | undefined> {
  const offers = [...offersHere(), ...(server.isRunning ? await offersOf(server, folder) : [])];
  if (offers.length) {
    const type: Offer = { label: vscode.l10n.t("Type a task, or give a ticket's address…"), text: "", alwaysShow: true };
    const picked = await vscode.window.showQuickPick([...offers, type], { title: TITLE, matchOnDetail: true });
    if (picked !== type) {
      return picked?.text;
    }
  }
  return typedText(server, folder);
}

/** Asks until the text can be read: a ticket that can't costs nobody what they typed. */
async function typedText(server: Server, folder: vscode.WorkspaceFolder): Promise<string | undefined> {
  let value = selectedText().includes("\n") ? "" : selectedText();
  let prompt = vscode.l10n.t("What is wrong, or what should be different? An issue's address or number will do.");
  for (;;) {
    const text = await vscode.window.showInputBox({
      title: TITLE,
      prompt,
      placeHolder: vscode.l10n.t("e.g. parse_date fails for a date without a year"),
      value,
      ignoreFocusOut: true,
    });
    if (!text?.trim()) {
      return undefined;
    }
    try {
      return (await server.request(readTaskRequest, { folder: folder.uri.fsPath, text: text.trim() })).text;
    } catch (error) {
      if (!isRefusal(error)) {
        throw error;
      }
      [value, prompt] = [text, error.message];
    }
  }
}

function offersHere(): Offer[] {
  const selected = selectedText();
  const spot = cursor();
  const document = vscode.window.activeTextEditor?.document;
  const problem = document && spot && problemOn(document, spot.line);
  return [
    ...(selected.includes("\n") ? [{ label: vscode.l10n.t("Solve the selected text"), detail: selected, text: selected }] : []),
    ...(problem ? [problem] : []),
  ];
}

/** Tests that may be meant. A server that doesn't answer keeps nobody from typing. */
async function offersOf(server: Server, folder: vscode.WorkspaceFolder): Promise<Offer[]> {
  const spot = cursor();
  const where = { folder: folder.uri.fsPath, uri: spot?.uri.toString() ?? "", line: spot?.line ?? 0 };
  try {
    return [...(await server.request(beginningsRequest, where)).offers];
  } catch {
    return [];
  }
}

function cursor(): Spot | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.uri.scheme === "file"
    ? { uri: editor.document.uri, line: editor.selection.active.line }
    : undefined;
}

function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.getText(editor.selection).trim() ?? "";
}

/** The task of all problems that begin on a line; undefined where there are none. */
function problemOn(document: vscode.TextDocument, line: number): Offer | undefined {
  const all = vscode.languages.getDiagnostics(document.uri).filter(({ range }) => range.start.line === line);
  const [first] = all;
  if (!first) {
    return undefined;
  }
  const where = `${vscode.workspace.asRelativePath(document.uri, false)}:${line + 1}`;
  const told = all.slice(0, MOST_PROBLEMS).map((one) => `- ${words(one)}`);
  const title = first.message.split("\n")[0] ?? "";
  const text = [`${title} (${where})`, `Line ${line + 1} of ${where.replace(/:\d+$/, "")} is:`, `    ${document.lineAt(line).text}`];
  return {
    label: vscode.l10n.t("Fix: {0}", title),
    detail: vscode.l10n.t("what is reported at the cursor, {0}", where),
    text: [...text, "What is reported there:", told.join("\n")].join("\n\n"),
  };
}

/** Source, code and message. */
function words({ source, code, message }: vscode.Diagnostic): string {
  const value = typeof code === "object" ? code.value : code;
  const who = [source, value === undefined ? "" : String(value)].filter(Boolean).join(" ");
  return `${who && `${who}: `}${message.slice(0, LONGEST_MESSAGE)}`;
}
