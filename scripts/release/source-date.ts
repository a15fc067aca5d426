import { root } from '../support/binary.ts'

/** 1980, the earliest date in a zip. */
const earliestSeconds = 315_619_200

/** The date of all published files, in seconds: SOURCE_DATE_EPOCH, or the date of the commit. */
export const sourceDate = (environment: Readonly<Record<string, string | undefined>>): number => {
  const given = environment['SOURCE_DATE_EPOCH']
  if (given !== undefined && !/^\d+$/.test(given))
    throw new Error('SOURCE_DATE_EPOCH is not a whole number of seconds. Unset it to use the date of the commit.')
  const { success, stdout } = Bun.spawnSync(['git', 'log', '-1', '--format=%ct'], { cwd: root, stderr: 'ignore' })
  const seconds = Number(given ?? (success ? stdout.toString().trim() : ''))
  return Math.max(seconds, earliestSeconds)
}
