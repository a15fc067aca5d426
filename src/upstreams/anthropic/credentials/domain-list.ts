import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../../../base/error-code.ts'
import { readFileText, stateOfFile } from './credential-file.ts'
import { type DomainFile, parseDomainFile } from './domain-file.ts'
import { domainOfFile, fileSuffix } from './domain-name.ts'

/** One file of the folder, for people. */
interface ListedFile {
  readonly fileName: string
  readonly path: string
  /** Undefined if no request has this name. */
  readonly domain: string | undefined
  /** The permissions of users; no meaning on Windows. */
  readonly mode: number
  /** Undefined if it is invalid. */
  readonly file: DomainFile | undefined
  /** Why requests cannot use it, without any of its values. */
  readonly problem: string | undefined
}

export interface ListedFolder {
  /** By name. */
  readonly files: readonly ListedFile[]
  /** Why the folder cannot be read. */
  readonly problem: string | undefined
}

const unreachable = 'no request has this name: a file is named after the host in lower case, with its port or without'

const listFile = async (folder: string, fileName: string): Promise<ListedFile | undefined> => {
  const path = join(folder, fileName)
  const state = stateOfFile(path)
  // Removed since the folder was read.
  if (state === undefined) return undefined
  const read = await readFileText(path)
  const parsed = 'text' in read ? parseDomainFile(read.text) : read
  const domain = domainOfFile(fileName)
  const place = { fileName, path, domain, mode: state.mode }
  if ('problem' in parsed) return { ...place, file: undefined, problem: parsed.problem }
  return { ...place, file: parsed, problem: domain === undefined ? unreachable : undefined }
}

/** Lists the files of credentials in a folder, for the banner and the commands. Never rejects. */
export const listDomainFiles = async (folder: string): Promise<ListedFolder> => {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(fileSuffix)).sort()
    const files = await Promise.all(names.map((name) => listFile(folder, name)))
    return { files: files.filter((file) => file !== undefined), problem: undefined }
  } catch (error) {
    const code = errorCode(error) ?? 'unknown'
    return { files: [], problem: code === 'ENOENT' ? 'it does not exist' : `it cannot be read (${code})` }
  }
}
