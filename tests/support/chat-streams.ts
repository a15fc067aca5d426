import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContextMembers } from './chat-response.ts'

const root = join(import.meta.dir, '..', 'fixtures', 'chat-streams')

/** Recorded shapes of many providers' streams. */
export const chatStreams = readdirSync(root)
  .sort()
  .map((name) => {
    const read = (file: string): string => readFileSync(join(root, name, file), 'utf8')
    const { rules, ...members } = JSON.parse(read('context.json')) as ContextMembers & { rules: string[] }
    return { name, title: `${name} (${rules.join(', ')})`, text: read('stream.sse'), members, folder: join(root, name) }
  })
