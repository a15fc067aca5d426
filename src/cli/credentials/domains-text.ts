import { settingPath } from '../../config/paths.ts'
import type { SetUp } from '../config/set-up.ts'
import type { Io } from '../terminal/io.ts'
import { shortPaths } from '../terminal/short-path.ts'

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** The folder of credentials and its files, for the banner (AU-D3); undefined if there is none. */
export const domainsText = async ({ loaded, isSimulated }: SetUp, { machine }: Io): Promise<string | undefined> => {
  const { upstream, anthropic } = loaded.config
  if (upstream !== 'anthropic' || anthropic.credentialsDir === undefined || isSimulated) return undefined
  const { listDomainFiles } = await import('../../upstreams/anthropic/credentials/domain-list.ts')
  const path = settingPath(machine, anthropic.credentialsDir)
  const { files, problem } = await listDomainFiles(path)
  const folder = shortPaths(path, machine)
  if (problem !== undefined) return `${folder} (${problem})`
  const valid = files.filter((file) => file.problem === undefined)
  const invalid = files.length - valid.length
  const refused = anthropic.allowOauth ? 0 : valid.filter(({ file }) => file?.credential.type === 'oauth').length
  return [
    `${counted(valid.length, 'valid file')} in ${folder}`,
    ...(refused === 0 ? [] : [`${refused} of them with OAuth, which is off (--allow-oauth)`]),
    ...(invalid === 0 ? [] : [`${invalid} invalid`]),
  ].join(', ')
}
