// Choosing who thinks, and lending the editor's own models to the server.

import * as vscode from "vscode";
import type { Client } from "./languageClient";
import {
  askModelRequest,
  cancelModelNotification,
  editorModelsRequest,
  modelChunkNotification,
  modelRequest,
  modelsRequest,
  probeModelRequest,
  type AskModel,
  type Message,
  type ModelOffer,
  type ModelProblem,
} from "./protocol";
import type { Server } from "./server";
import { own, setOwn } from "./settings";

const PREFIX = "editor:";

type ModelPick = vscode.QuickPickItem & { readonly model: string };

const OFFLINE = { label: vscode.l10n.t("Offline"), description: vscode.l10n.t("built in: no key, no network, small repairs"), model: "offline" };
const KEY = { label: vscode.l10n.t("An API key…"), description: vscode.l10n.t("for a provider's models; kept in VS Code's secret storage"), model: "key…" };
const OTHER = { label: vscode.l10n.t("Another model…"), description: vscode.l10n.t("a name known to your OpenAI-compatible server"), model: "" };

/** Asks which model is to be used from now on and writes the setting; offers to find out what it can do. */
export async function chooseModel(server: Server): Promise<void> {
  const present = own("model", "");
  const picked = await pickModel(server, present);
  if (picked === KEY) {
    await vscode.commands.executeCommand("genie.setKey");
    return chooseModel(server);
  }
  const model = picked?.model === "" ? await typeName(present) : picked?.model;
  if (model) {
    await setOwn("model", model);
    vscode.window.setStatusBarMessage(vscode.l10n.t("Genie's model from now on: {0}", model), 10_000);
    await offerProbe(server, model);
  }
}

/** The editor's own models stand there at once; what lies at endpoints appears when it is found. */
async function pickModel(server: Server, present: string): Promise<ModelPick | undefined> {
  const pick = vscode.window.createQuickPick<ModelPick>();
  pick.placeholder = vscode.l10n.t("Who does the thinking? Now: {0}", present);
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true; // the box before it may give the focus back to where it was
  pick.busy = true;
  const own = (await vscode.lm.selectChatModels()).map((model) => ({
    label: model.name,
    description: vscode.l10n.t("the editor's own, by {0}", model.vendor),
    model: PREFIX + idOf(model),
  }));
  pick.items = [OFFLINE, ...own, KEY, OTHER];
  const show = (found: readonly ModelPick[], problem: string): void => {
    pick.items = [OFFLINE, ...own, ...found, KEY, problem ? { ...OTHER, detail: problem } : OTHER];
    pick.busy = false;
  };
  void server.request(modelsRequest, {}).then(
    ({ models, problems }) => show(models.filter(({ name }) => name !== OFFLINE.model).map(foundPick), problems.join(" ")),
    (error: unknown) => show([], error instanceof Error ? error.message : String(error)),
  );
  const picked = await new Promise<ModelPick | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return picked;
}

function foundPick({ name, where, found }: ModelOffer): ModelPick {
  return { label: name, description: where, model: name, ...(found ? { detail: found } : {}) };
}

async function offerProbe(server: Server, name: string): Promise<void> {
  const probe = vscode.l10n.t("Find Out");
  if (!(await server.request(modelRequest, { name })).can_probe) {
    return;
  }
  const question = vscode.l10n.t("What can {0} do? Genie can find out by a few tiny questions, now or at its first task.", name);
  if ((await vscode.window.showInformationMessage(question, probe)) === probe) {
    const title = vscode.l10n.t("Genie: asking {0}", name);
    const at = { location: vscode.ProgressLocation.Notification, title };
    const facts = await vscode.window.withProgress(at, () => server.request(probeModelRequest, { name }));
    const cost = vscode.l10n.t("{0} requests, {1} tokens", facts.requests, facts.tokens.toLocaleString());
    void vscode.window.showInformationMessage(`${name}: ${facts.found} (${cost})`);
  }
}

function typeName(present: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    prompt: vscode.l10n.t("The model's name, as your server knows it (the server's address stands in Genie's settings file)"),
    value: present === "offline" || present.startsWith(PREFIX) ? "" : present,
  });
}

function idOf(model: vscode.LanguageModelChat): string {
  return `${model.vendor}/${model.id}`;
}

/** Answers the server's requests for the editor's models. They come only while a run is on that the user began. */
export function lendModels(client: Client): void {
  const asked = new Map<string, vscode.CancellationTokenSource>();
  client.onRequest(editorModelsRequest, async () => ({
    models: (await vscode.lm.selectChatModels()).map((model) => ({
      id: idOf(model),
      name: model.name,
      max_input_tokens: model.maxInputTokens,
    })),
  }));
  client.onNotification(cancelModelNotification, ({ id }) => asked.get(id)?.cancel());
  client.onRequest(askModelRequest, async (ask, token) => {
    const source = new vscode.CancellationTokenSource();
    const follow = token.onCancellationRequested(() => source.cancel());
    asked.set(ask.id, source);
    try {
      await stream(client, ask, source.token);
      return {};
    } catch (error) {
      const problem = problemOf(error);
      throw client.failure<ModelProblem>(problem.text, problem);
    } finally {
      asked.delete(ask.id);
      follow.dispose();
      source.dispose();
    }
  });
}

async function stream(client: Client, ask: AskModel, token: vscode.CancellationToken): Promise<void> {
  const [vendor = "", ...rest] = ask.model.split("/");
  const [model] = await vscode.lm.selectChatModels({ vendor, id: rest.join("/") });
  if (!model) {
    throw vscode.LanguageModelError.NotFound(vscode.l10n.t("The editor has no model {0} (any more).", ask.model));
  }
  const tools = ask.tools.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters }));
  const options = { justification: vscode.l10n.t("Genie works on the task that you gave it."), tools };
  const answer = await model.sendRequest(ask.messages.map(chatMessage), options, token);
  for await (const part of answer.stream) {
    const text = part instanceof vscode.LanguageModelTextPart ? part.value : "";
    const call = part instanceof vscode.LanguageModelToolCallPart ? part : undefined;
    if (text || call) {
      await client.notify(modelChunkNotification, {
        id: ask.id,
        text,
        call_id: call?.callId ?? "",
        call_name: call?.name ?? "",
        call_arguments: call ? JSON.stringify(call.input) : "",
      });
    }
  }
}

/** The API has no system role: those words come as the user's. */
function chatMessage(message: Message): vscode.LanguageModelChatMessage {
  const text = message.text ? [new vscode.LanguageModelTextPart(message.text)] : [];
  if (message.role === "assistant") {
    const calls = message.calls.map(
      (call) => new vscode.LanguageModelToolCallPart(call.id, call.name, parsed(call.arguments)),
    );
    return vscode.LanguageModelChatMessage.Assistant([...text, ...calls]);
  }
  if (message.role === "tool") {
    return vscode.LanguageModelChatMessage.User([new vscode.LanguageModelToolResultPart(message.call_id, text)]);
  }
  return vscode.LanguageModelChatMessage.User(text);
}

/** A model's arguments as an object; what it wrote that is none can't be sent back as it was. */
function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

const KINDS: Record<string, ModelProblem["kind"]> = {
  NoPermissions: "no_permission",
  NotFound: "not_found",
  Blocked: "blocked",
};

function problemOf(error: unknown): ModelProblem {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof vscode.LanguageModelError ? error.code : "";
  const quota = /quota|premium request/i.test(text);
  return { kind: KINDS[code] ?? (quota ? "quota" : "other"), text };
}
