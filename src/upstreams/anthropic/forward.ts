import { isEventStreamType } from '../../codec/sse/content-type.ts'
import type { HttpResponse } from '../http/post.ts'
import type { NativeCall, NativeResponse } from '../upstream.ts'
import type { AnthropicClient } from './client.ts'
import { rewriteModel } from './model-rewrite.ts'
import { toClientHeaders } from './response-headers.ts'

/** Compressed bytes stay as they are (AU-N4), and only whole bodies name a model. */
const bodyOf = ({ body, caller }: NativeCall, modelMap: ReadonlyMap<string, string>): NativeCall['body'] =>
  body instanceof Uint8Array && !caller.headers.has('content-encoding') ? rewriteModel(body, modelMap) : body

/** A stream of events is never waited for. */
const answerBody = async (response: HttpResponse): Promise<NativeResponse['body']> => {
  const isStream = isEventStreamType(response.headers.get('content-type'))
  if (response.hasBody && response.isShort && !isStream) return response.bytes()
  const chunks = response.chunks()
  return response.hasBody ? chunks : undefined
}

/** Creates the native lane: a request goes out as it comes in, and so does its answer. */
export const createForward =
  ({ send }: AnthropicClient, modelMap: ReadonlyMap<string, string>) =>
  async (call: NativeCall): Promise<NativeResponse> => {
    const { headers } = call.caller
    const { ok, response } = await send({ ...call, headers, body: bodyOf(call, modelMap) })
    const { status } = response
    return {
      status,
      headers: toClientHeaders(call.method, status, response.headers),
      body: ok ? await answerBody(response) : response.relay(),
    }
  }
