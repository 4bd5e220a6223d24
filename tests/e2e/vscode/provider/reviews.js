// Plays the reviews that bench/editor/scripted.py has written down, in this window: by the editor's own edits, undo
// and redo, and Genie's commands. After each step the document's text must be the model's.

const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
const vscode = require("vscode");

const ALONE = { undoStopBefore: true, undoStopAfter: true };

/** Reads the reviews from the file that GENIE_E2E_REVIEWS names; what came of them stands beside it. */
exports.playReviews = async () => {
  const path = process.env.GENIE_E2E_REVIEWS;
  const results = [];
  for (const review of JSON.parse(readFileSync(path, "utf8"))) {
    results.push(await play(review));
  }
  writeFileSync(`${path}.played`, JSON.stringify(results));
  void vscode.window.showInformationMessage("All reviews are played.");
};

async function play({ file, log, run, steps, open, faults }) {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const show = async () => {
    await vscode.commands.executeCommand("genie.showRun", { run });
    await vscode.window.showTextDocument(document);
  };
  await show();
  const wrong = [...faults];
  let played = 0;
  for (const step of steps) {
    await DO[step.kind]({ document, log, run, show }, step);
    played += 1;
    const text = document.getText();
    if (text !== step.text) {
      wrong.push(`step ${played}, ${step.kind}: the text is another`);
      const lost = charactersLost(step.text, text);
      const { kind, hunk } = step;
      await discard();
      return { run, played, wrong, lost, twice: twice(step.text, text), kind, hunk, text, expected: step.text };
    }
  }
  const shown = await openHunks(document, run);
  if (JSON.stringify(shown) !== JSON.stringify(sorted(open))) {
    wrong.push(`open hunks: ${JSON.stringify(shown)} instead of ${JSON.stringify(sorted(open))}`);
  }
  await discard();
  return { run, played, wrong, lost: 0, twice: 0 };
}

const DO = {
  async type({ document }, { first, end, lines }) {
    await edit(document, new vscode.Range(first, 0, end, 0), lines);
  },
  async accept({ document, run }, { hunk, hasty }) {
    const accepted = vscode.commands.executeCommand("genie.acceptHunk", { run, hunk });
    if (hasty) {
      await edit(document, new vscode.Range(0, 0, 0, 0), hasty);
    }
    await accepted;
  },
  reject: (_, { hunk }) => vscode.commands.executeCommand("genie.rejectHunk", { hunk }),
  takeBack: (_, { hunk }) => vscode.commands.executeCommand("genie.takeBack", { hunk }),
  undo: () => vscode.commands.executeCommand("undo"),
  redo: () => vscode.commands.executeCommand("redo"),
  async propose({ log, show }, { event }) {
    const seq = readFileSync(log, "utf8").split("\n").length - 1;
    appendFileSync(log, `${JSON.stringify({ ...event, seq })}\n`);
    await show();
  },
};

/** Refused while another edit is under way, as a key that is pressed then never is: tried again. */
async function edit(document, range, text) {
  const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
  while (!(await editor.edit((builder) => builder.replace(range, text), ALONE)));
}

/** Where Accept stands over the hunks, by id: in the user's file that is the line of each open one. */
async function openHunks(document, run) {
  const lenses = await vscode.commands.executeCommand("vscode.executeCodeLensProvider", document.uri, 1000);
  const accepts = lenses.filter(({ command }) => command?.command === "genie.acceptHunk");
  const ours = accepts.filter(({ command }) => command.arguments[0].run === run);
  return sorted(Object.fromEntries(ours.map(({ command, range }) => [command.arguments[0].hunk, range.start.line])));
}

function sorted(table) {
  return Object.fromEntries(Object.entries(table).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Of what the user typed in this review; each such word is written once. */
function charactersLost(expected, text) {
  const typed = expected.match(/(?:mine|hasty)_\d+/g) ?? [];
  return typed.filter((word) => !text.includes(word)).reduce((sum, word) => sum + word.length, 0);
}

/** How many of Genie's lines stand there more often than they should. */
function twice(expected, text) {
  const count = (word, where) => where.split(`${word}\n`).length;
  const words = new Set(text.match(/genie_\d+(?=\n)/g) ?? []);
  return [...words].filter((word) => count(word, text) > count(word, expected)).length;
}

function discard() {
  return vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
}
