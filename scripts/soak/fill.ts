import { paragraph, toSoakRequest } from './requests.ts'

/**
 * Fills what the server keeps in memory for OpenAI's clients, so that its limits hold the memory of the whole run: 64 MB
 * of responses, and 32 MB of thinking. A text counts twice its characters.
 */

const megabyte = 1024 * 1024
const longText = paragraph.repeat(megabyte / 2 / paragraph.length)
/** Each is one megabyte, and more than fit. */
const counts = { responses: 80, chat: 40 } as const
/** Requests the long answer, whose thinking is kept with its call. */
export const fillingWords = 'soak fill'
export const longThinking = longText

const bodies = {
  responses: { role: 'user', content: longText },
  chat: { role: 'user', content: fillingWords },
} as const

/** Returns the number of requests. */
export const fillMemory = async (url: string, headers: Readonly<Record<string, string>>): Promise<number> => {
  for (const wire of ['responses', 'chat'] as const) {
    const request = { model: 'claude-sonnet-4-6', max_tokens: 4000, messages: [bodies[wire]] }
    const { path, body } = toSoakRequest(wire, false, request)
    const init: object = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      proxy: false,
    }
    for (let sent = 0; sent < counts[wire]; sent += 1) {
      const response = await fetch(url + path, init)
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
      await response.arrayBuffer()
    }
  }
  return counts.responses + counts.chat
}
