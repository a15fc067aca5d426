import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli, temporaryFolder } from '../../../support/cli.ts'
import { usage as tokens } from '../../../support/records.ts'
import { writeUsage } from '../../../support/usage.ts'

const [september, october] = [Date.parse('2024-09-15T12:00:00Z'), Date.parse('2024-10-15T12:00:00Z')]

const setUp = async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'usage.sqlite')
  await writeUsage(file, [
    { at: september, client: 'alice', usage: tokens },
    { at: october, client: 'alice', usage: tokens },
    { at: october + 1, client: 'bob', usage: tokens },
  ])
  const run = (args: readonly string[], options: Parameters<typeof cli>[3] = {}) =>
    cli(['usage', ...args, '--file', file, '--timezone', 'UTC'], {}, folder, options)
  /** Of the sums and of the single requests. */
  const clients = async (): Promise<[string[], string[]]> => {
    const report = await run(['--by', 'client', '--since', '2024-01', '--json'])
    const rows = await run(['export'])
    const keys = JSON.parse(report.out).rows.map(({ key, requests }: never) => `${key} ${requests}`)
    return [
      keys.sort(),
      rows.out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).client),
    ]
  }
  return { run, clients, file }
}

const answering = (answer: 'yes' | 'no' | undefined) => {
  const questions: string[] = []
  const prompts = {
    secret: async () => undefined,
    choose: async (question: string) => {
      questions.push(question)
      return answer as never
    },
  }
  return { prompts, questions }
}

describe('usage delete', () => {
  test('deletes what is before a day, from the sums too (OP-U5)', async () => {
    const { run, clients } = await setUp()
    const { code, out, err } = await run(['delete', '--before', '2024-10', '--yes'])
    expect([code, out, err]).toEqual([0, '', 'Deleted 1 request before 2024-10.\n'])
    expect(await clients()).toEqual([
      ['alice 1', 'bob 1'],
      ['bob', 'alice'],
    ])
  })

  test('deletes rows and sums before the same time, also within a quarter of an hour (OP-U5)', async () => {
    const { run, clients } = await setUp()
    const [within, end] = [7, 15].map((minutes) => new Date(october + minutes * 60_000).toISOString().slice(0, 16))
    const first = await run(['delete', '--before', `${within}Z`, '--yes'])
    expect([first.code, first.err]).toEqual([0, `Deleted 1 request before ${within}Z.\n`])
    expect(await clients()).toEqual([
      ['alice 1', 'bob 1'],
      ['bob', 'alice'],
    ])
    const second = await run(['delete', '--before', `${end}Z`, '--yes'])
    expect([second.code, second.err]).toEqual([0, `Deleted 2 requests before ${end}Z.\n`])
    expect(await clients()).toEqual([[], []])
  })

  test('deletes all of a client, and leaves no byte of its name (OP-U5)', async () => {
    const { run, clients, file } = await setUp()
    const { err } = await run(['delete', '--client', 'alice', '--yes'])
    expect(err).toBe('Deleted 2 requests of client alice.\n')
    expect(await clients()).toEqual([['bob 1'], ['bob']])
    expect(readFileSync(file).includes('alice')).toBe(false)
  })

  test('asks first, with the number and the file, and No changes nothing (OP-U5)', async () => {
    const { run, clients, file } = await setUp()
    const { prompts, questions } = answering('no')
    const { code, err } = await run(['delete', '--client', 'alice'], { prompts })
    expect(questions).toEqual([`Delete 2 requests of client alice from ${file}?`])
    expect([code, err]).toEqual([1, 'Nothing was changed.\n'])
    expect((await clients())[0]).toEqual(['alice 2', 'bob 1'])
    expect((await run(['delete', '--client', 'alice'], answering(undefined))).code).toBe(130)
    expect((await run(['delete', '--client', 'alice'], answering('yes'))).code).toBe(0)
    expect((await clients())[0]).toEqual(['bob 1'])
  })

  test('without a terminal needs --yes (OP-U5)', async () => {
    const { run, clients } = await setUp()
    const { code, err } = await run(['delete', '--before', '2024-10'])
    expect([code, err]).toEqual([2, expect.stringContaining('Pass --yes.') as never])
    expect((await clients())[1]).toHaveLength(3)
  })

  test('says that there is nothing to delete (OP-U5)', async () => {
    const { run, file } = await setUp()
    const { code, err } = await run(['delete', '--client', 'carol'])
    expect([code, err]).toEqual([0, `${file} has no request of client carol.\n`])
  })

  test.each([
    [[], 'Say what to delete: --before <time>, or --client <name>, not both.'],
    [
      ['--before', '2024-10', '--client', 'alice'],
      'Say what to delete: --before <time>, or --client <name>, not both.',
    ],
    [['--before', 'christmas'], '--before christmas is not a time.'],
  ])('%p is an error with a remedy (OP-U5)', async (args, message) => {
    const { code, err } = await cli(['usage', 'delete', ...args, '--yes'])
    expect([code, err]).toEqual([2, expect.stringContaining(`error: ${message}`) as never])
  })

  test('without a history, says how to turn it on, and ends with 1 (OP-U5)', async () => {
    const { code, err } = await cli(['usage', 'delete', '--client', 'alice', '--yes'])
    expect([code, err]).toEqual([1, expect.stringContaining('start the server with --history') as never])
  })
})
