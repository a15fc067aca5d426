import type { NativeCall, NativeResponse } from '../upstream.ts'
import type { AnthropicClient } from './client.ts'
import { rewriteModel } from './model-rewrite.ts'
import { toClientHeaders } from './response-headers.ts'

/** Compressed bytes stay as they are (AU-N4), and only whole bodies name a model. */
const bodyOf = ({ body, caller }: NativeCall, modelMap: ReadonlyMap<string, string>): NativeCall['body'] =>
  body instanceof Uint8Array && !caller.headers.has('content-encoding') ? rewriteModel(body, modelMap) : body

/** Creates the native lane: a request goes out as it comes in, and so does its answer. */
export const createForward =
  ({ send }: AnthropicClient, modelMap: ReadonlyMap<string, string>) =>
  async (call: NativeCall): Promise<NativeResponse> => {
    const { headers } = call.caller
    const { ok, response } = await send({ ...call, headers, body: bodyOf(call, modelMap) })
    const { status } = response
    const allowed = toClientHeaders(status, response.headers)
    if (!ok) return { status, headers: allowed, chunks: response.relay() }
    const chunks = response.chunks()
    return { status, headers: allowed, chunks: response.hasBody ? chunks : undefined }
  }
