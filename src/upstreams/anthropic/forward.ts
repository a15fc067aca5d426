import type { NativeCall, NativeResponse } from '../upstream.ts'
import type { AnthropicClient } from './client.ts'
import { toClientHeaders } from './response-headers.ts'

/** Creates the native lane: a request goes out as it comes in, and so does its answer. */
export const createForward =
  ({ send }: AnthropicClient) =>
  async (call: NativeCall): Promise<NativeResponse> => {
    const { ok, response } = await send({ ...call, headers: call.caller.headers })
    const { status } = response
    const headers = toClientHeaders(status, response.headers)
    if (!ok) return { status, headers, chunks: response.relay() }
    const chunks = response.chunks()
    return { status, headers, chunks: response.hasBody ? chunks : undefined }
  }
