import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A request of an OpenAI client, with the structure that the client sends and short texts of our own. */
export interface OpenAiFixture {
  readonly path: '/v1/chat/completions' | '/v1/responses'
  readonly body: Readonly<Record<string, unknown>>
}

const root = join(import.meta.dir, '..', 'fixtures', 'openai-entrance')

export const openAiFixtureNames: readonly string[] = readdirSync(root)
  .map((file) => file.replace(/\.json$/, ''))
  .sort()

export const openAiFixture = (name: string): OpenAiFixture =>
  JSON.parse(readFileSync(join(root, `${name}.json`), 'utf8')) as OpenAiFixture
