// Choosing who thinks, and lending the editor's own models to the server.

import * as vscode from "vscode";
import { type LanguageClient, type CancellationToken, ResponseError } from "vscode-languageclient/node";
import {
  askModelRequest,
  cancelModelNotification,
  editorModelsRequest,
  modelChunkNotification,
  type AskModel,
  type Message,
  type ModelProblem,
} from "./protocol";

const PREFIX = "editor:";

/** Asks which model is to be used from now on and writes the setting. */
export async function chooseModel(): Promise<void> {
  const settings = vscode.workspace.getConfiguration("genie");
  const present = settings.get("model", "");
  const offline = { label: "Offline", description: "built in: no key, no network, small repairs", model: "offline" };
  const editors = (await vscode.lm.selectChatModels()).map((model) => ({
    label: model.name,
    description: `the editor's own, by ${model.vendor}`,
    model: PREFIX + idOf(model),
  }));
  const other = { label: "Another model…", description: "a name known to your OpenAI-compatible server", model: "" };
  const picks = [offline, ...editors, other].map((pick) => ({ ...pick, picked: pick.model === present }));
  const picked = await vscode.window.showQuickPick(picks, { placeHolder: `Who does the thinking? Now: ${present}` });
  const model = picked?.model === "" ? await typeName(present) : picked?.model;
  if (model) {
    await settings.update("model", model, vscode.ConfigurationTarget.Global);
    vscode.window.setStatusBarMessage(`Genie's model from now on: ${model}`, 10_000);
  }
}

function typeName(present: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    prompt: "The model's name, as your server knows it (the server's address stands in Genie's settings file)",
    value: present === "offline" || present.startsWith(PREFIX) ? "" : present,
  });
}

function idOf(model: vscode.LanguageModelChat): string {
  return `${model.vendor}/${model.id}`;
}

/** Answers the server's requests for the editor's models. They come only while a run is on that the user began. */
export function lendModels(client: LanguageClient): void {
  const asked = new Map<string, vscode.CancellationTokenSource>();
  client.onRequest(editorModelsRequest, async () => ({
    models: (await vscode.lm.selectChatModels()).map((model) => ({
      id: idOf(model),
      name: model.name,
      max_input_tokens: model.maxInputTokens,
    })),
  }));
  client.onNotification(cancelModelNotification, ({ id }) => asked.get(id)?.cancel());
  client.onRequest(askModelRequest, async (ask: AskModel, token: CancellationToken) => {
    const source = new vscode.CancellationTokenSource();
    const follow = token.onCancellationRequested(() => source.cancel());
    asked.set(ask.id, source);
    try {
      await stream(client, ask, source.token);
      return {};
    } catch (error) {
      const problem = problemOf(error);
      throw new ResponseError<ModelProblem>(-32000, problem.text, problem);
    } finally {
      asked.delete(ask.id);
      follow.dispose();
      source.dispose();
    }
  });
}

async function stream(client: LanguageClient, ask: AskModel, token: vscode.CancellationToken): Promise<void> {
  const [vendor = "", ...rest] = ask.model.split("/");
  const [model] = await vscode.lm.selectChatModels({ vendor, id: rest.join("/") });
  if (!model) {
    throw vscode.LanguageModelError.NotFound(`The editor has no model ${ask.model} (any more).`);
  }
  const tools = ask.tools.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters }));
  const options = { justification: "Genie works on the task that you gave it.", tools };
  const answer = await model.sendRequest(ask.messages.map(chatMessage), options, token);
  for await (const part of answer.stream) {
    const text = part instanceof vscode.LanguageModelTextPart ? part.value : "";
    const call = part instanceof vscode.LanguageModelToolCallPart ? part : undefined;
    if (text || call) {
      await client.sendNotification(modelChunkNotification, {
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
