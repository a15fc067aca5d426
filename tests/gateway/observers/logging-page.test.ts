import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toAccessFields } from '../../../src/gateway/observers/access-log.ts'
import type { RequestRecord } from '../../../src/gateway/request-record.ts'
import { toRequestShape } from '../../../src/gateway/request-shape.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request } from '../../support/chain.ts'

/** docs/logging.md, which programs rely on, and what is really logged. */

const root = join(import.meta.dir, '..', '..', '..')
const page = readFileSync(join(root, 'docs', 'logging.md'), 'utf8')
const section = (title: string): string => page.split(/^##+ /m).find((part) => part.startsWith(title)) ?? ''

const record: RequestRecord = {
  requestId: 'req_1',
  entrance: 'anthropic',
  method: 'GET',
  path: '/',
  session: undefined,
  at: 0,
  outcome: 'answered',
  status: 200,
  firstEventMs: undefined,
  durationMs: 0,
  attempts: 0,
  errorType: undefined,
  errorReason: undefined,
}

test('the page has every field of a request, and no other', () => {
  const listed = section('Requests').match(/(?<=^\| `)\w+(?=` +\| (?:string|number|boolean) )/gm)
  expect([...(listed ?? [])]).toEqual(Object.keys(toAccessFields(record)))
})

test('the page has every field of a shape', () => {
  const shape = toRequestShape(request() as MessagesRequest, [])
  for (const name of ['requestId', 'bytes', ...Object.keys(shape)])
    expect([name, section('The shape').includes(`\`${name}\``)]).toEqual([name, true])
})

test('the page has every event, with its name as it is in the code', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
  const events = sources.flatMap((text) => text.match(/(?<=\blog(?:\.\w+|\[[^\]]*\])?\(\s*')[a-z_.]+(?=')/g) ?? [])
  expect(events.length).toBeGreaterThan(10)
  for (const event of events) expect([event, page.includes(`\`${event}\``)]).toEqual([event, true])
})
