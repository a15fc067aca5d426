import { afterEach, describe, expect, test } from 'bun:test'
import { chmodSync, copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deleteFromHistory, openHistory } from '../../../src/usage/history/open-history.ts'
import type { UsageQuery } from '../../../src/usage/usage-report.ts'
import { afterTest, cleanUp } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'
import { noon, testHistory } from '../../support/history.ts'
import { requestRecord, usage } from '../../support/records.ts'

afterEach(cleanUp)

const day = 86_400_000
const turn = (): Promise<void> => Promise.resolve()
const query: UsageQuery = { by: 'client', since: noon - 30 * day, until: noon + day, timezone: 'UTC' }

const open = async (file: string) => {
  const history = await openHistory(file, { now: () => 0, date: () => noon, turn })
  if (history !== undefined) afterTest(history.close)
  return history
}

const clientsOf = async (file: string): Promise<string[] | undefined> =>
  (await (await open(file))?.summarize(query))?.rows.map(({ key, requests }) => `${key} ${requests}`)

const filled = async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'usage.sqlite')
  const { history } = testHistory(file)
  await history.sink.write([
    requestRecord({ requestId: '1', client: 'alice', usage, at: noon - 20 * day }),
    requestRecord({ requestId: '2', client: 'alice', usage }),
    requestRecord({ requestId: '3', client: 'bob' }),
  ])
  return { folder, file, history }
}

describe('a history that a command reads', () => {
  test('is read while the server writes it, and changes no byte of it (OP-H7)', async () => {
    const { file, history } = await filled()
    expect(await clientsOf(file)).toEqual(['alice 2', 'bob 1'])
    const before = [readFileSync(file), readFileSync(`${file}-wal`)]
    expect(await clientsOf(file)).toEqual(['alice 2', 'bob 1'])
    expect([readFileSync(file), readFileSync(`${file}-wal`)]).toEqual(before)
    await history.sink.write([requestRecord({ requestId: '4', client: 'bob' })])
    expect(await clientsOf(file)).toEqual(['alice 2', 'bob 2'])
  })

  test('may be a copy in a folder that is read-only, and gets no files next to it (OP-H7)', async () => {
    const { file, history } = await filled()
    await history.sink.end?.()
    const folder = temporaryFolder()
    const copy = join(folder, 'copy of "usage" ?#%.sqlite')
    copyFileSync(file, copy)
    chmodSync(copy, 0o400)
    chmodSync(folder, 0o500)
    afterTest(() => chmodSync(folder, 0o700))
    expect(await clientsOf(copy)).toEqual(['alice 2', 'bob 1'])
    expect(readdirSync(folder)).toEqual(['copy of "usage" ?#%.sqlite'])
  })

  test('is undefined without a file, and for an empty one', async () => {
    const folder = temporaryFolder()
    expect(await open(join(folder, 'usage.sqlite'))).toBeUndefined()
    expect(await open(writeFile(join(folder, 'empty.sqlite'), ''))).toBeUndefined()
    expect(readdirSync(folder)).toEqual(['empty.sqlite'])
  })
})

describe('deleting from a history', () => {
  test('requests before a time go, with their sums (OP-U5)', async () => {
    const { file, history } = await filled()
    expect(await deleteFromHistory(file, { before: noon - day }, turn)).toBe(1)
    expect(await clientsOf(file)).toEqual(['alice 1', 'bob 1'])
    expect((await history.requests({ limit: 10 })).requests.map(({ id }) => id)).toEqual(['3', '2'])
  })

  test('requests of a client go, and no byte of its name stays (OP-U5)', async () => {
    const { file, history } = await filled()
    // The server keeps sums of past days in memory.
    await history.summarize(query)
    expect(await deleteFromHistory(file, { client: 'alice' }, turn)).toBe(2)
    expect(await clientsOf(file)).toEqual(['bob 1'])
    expect((await history.summarize(query)).rows.map(({ key }) => key)).toEqual(['bob'])
    await history.sink.end?.()
    expect(readFileSync(file).includes('alice')).toBe(false)
    expect(readdirSync(join(file, '..'))).toEqual(['usage.sqlite'])
  })

  test('without a history, nothing is deleted', async () => {
    expect(await deleteFromHistory(join(temporaryFolder(), 'usage.sqlite'), { client: 'a' }, turn)).toBeUndefined()
  })
})
