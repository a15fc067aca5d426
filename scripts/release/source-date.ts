import { root } from '../support/binary.ts'

/** 1980: zip knows no earlier one. */
const earliestSeconds = 315_619_200

/** The date that everything published bears, in seconds: SOURCE_DATE_EPOCH, or the commit's own. */
export const sourceDate = (environment: Readonly<Record<string, string | undefined>>): number => {
  const given = environment['SOURCE_DATE_EPOCH']
  if (given !== undefined && !/^\d+$/.test(given))
    throw new Error('SOURCE_DATE_EPOCH is no whole number of seconds. Leave it out for the date of the commit.')
  const { success, stdout } = Bun.spawnSync(['git', 'log', '-1', '--format=%ct'], { cwd: root, stderr: 'ignore' })
  const seconds = Number(given ?? (success ? stdout.toString().trim() : ''))
  return Math.max(seconds, earliestSeconds)
}
