import { toAnthropicBody, toConverseBody, toEvents } from './bare-translation.ts'

const headers = { 'content-type': 'application/json', 'accept-encoding': 'identity', authorization: 'Bearer bench' }

const streamed = (body: ReadableStream<Uint8Array>): Response => {
  const reader = body.getReader()
  const events = toEvents()
  return new Response(
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        while (true) {
          const { done, value } = await reader.read()
          if (done) return controller.close()
          const bytes = events(value)
          if (bytes.byteLength === 0) continue
          controller.enqueue(bytes)
          return
        }
      },
      cancel: () => reader.cancel(),
    }),
    { headers: { 'content-type': 'text/event-stream' } },
  )
}

/** Sends the request to the upstream, and returns its response, whole or streamed. */
export const bareResponse = async (
  request: Parameters<typeof toConverseBody>[0],
  upstream: string,
  signal: AbortSignal,
): Promise<Response> => {
  const operation = request.stream === true ? 'converse-stream' : 'converse'
  const answer = await fetch(`${upstream}/model/any/${operation}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(toConverseBody(request)),
    signal,
    proxy: false,
  } as RequestInit)
  if (request.stream === true && answer.body !== null) return streamed(answer.body)
  return Response.json(toAnthropicBody(JSON.parse(await answer.text())))
}
