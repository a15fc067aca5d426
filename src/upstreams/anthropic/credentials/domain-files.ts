import { basename, join } from 'node:path'
import { closingCommand } from '../../../base/closing-command.ts'
import { errorCode } from '../../../base/error-code.ts'
import { GatewayError } from '../../../base/errors.ts'
import type { Logger } from '../../../base/logger.ts'
import { memoize } from '../../../base/memoize.ts'
import type { Domain } from '../../upstream.ts'
import type { FileText } from './credential-file.ts'
import { parseDomainFile } from './domain-file.ts'
import { fileNamesOf, toDomainName } from './domain-name.ts'
import { type CachedFile, createFileCache } from './file-cache.ts'
import { createKeyRing, type KeyRing } from './key-ring.ts'
import type { OAuthGrant } from './oauth/grant.ts'

/** The credentials of a domain, from its file as it was when the request arrived. */
type DomainCredentials = {
  readonly path: string
  /** Without its folder. */
  readonly fileName: string
} & ({ readonly type: 'api_key'; readonly keys: KeyRing } | { readonly type: 'oauth'; readonly grant: OAuthGrant })

/** The files of credentials in one folder, by the name of the domain. */
export interface DomainFiles {
  /** Undefined without a file. A domain has a `problem` if its file is invalid, or if the folder cannot be searched. */
  find(host: string): Promise<Domain | undefined>
  /** For a domain that `find` has returned. Throws its problem. */
  credentialsOf(domain: Domain): DomainCredentials
}

export interface DomainFilesOptions {
  /** Absolute. */
  readonly folder: string
  /** File names have no colons there, and files no permissions. */
  readonly isWindows: boolean
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** What a file gives to each domain that it serves. */
interface Content {
  readonly domain: Omit<Domain, 'name'>
  readonly credentials: DomainCredentials | undefined
}

const failure = (message: string): GatewayError =>
  new GatewayError('api_error', message, { shouldRetry: false, isLoggable: true })

/** All permissions of the group and of others. */
const othersMode = 0o077

/** Logs what an administrator must fix: once for each change of a file, without any of its values. */
const createReports = ({ isWindows, log }: DomainFilesOptions) => {
  const open = new Set<string>()
  let hasFolderTrouble = false
  return {
    read(path: string, { state, content }: CachedFile<Content>): void {
      const fileName = basename(path)
      if (content.domain.problem)
        log.error('credential.invalid', { file: fileName, reason: content.domain.problem.message })
      if (isWindows || (state.mode & othersMode) === 0) return void open.delete(fileName)
      if (open.has(fileName)) return
      open.add(fileName)
      log.warn('credential.open_to_others', { file: fileName, remedy: closingCommand(path) })
    },
    /** One line for all names that clients send. */
    folder(reason: string | undefined): void {
      if (reason !== undefined && !hasFolderTrouble) log.error('credential.folder_unreadable', { reason })
      hasFolderTrouble = reason !== undefined
    },
  }
}

const toContent = (file: FileText, path: string, options: DomainFilesOptions): Content => {
  const fileName = basename(path)
  const parsed = 'text' in file ? parseDomainFile(file.text) : file
  if ('problem' in parsed) {
    const problem = failure(`credentials for this domain are invalid: ${fileName}: ${parsed.problem}`)
    return { domain: { problem }, credentials: undefined }
  }
  const { credential, clientKey, slack } = parsed
  const onChange = (from: number, to: number, status: number | undefined): void =>
    options.log.info('credential.key_changed', { file: fileName, from, to, status })
  const place = { path, fileName }
  return {
    domain: { ...(clientKey && { clientKey }), ...(slack && { slack }) },
    credentials:
      credential.type === 'oauth'
        ? { ...place, ...credential }
        : { ...place, type: 'api_key', keys: createKeyRing({ keys: credential.keys, now: options.now, onChange }) },
  }
}

/** Remembers which content a domain comes from: the file may change while a request runs. */
const createDomains = () => {
  const contents = new WeakMap<Domain, Content>()
  const last = new WeakMap<Content, Domain>()
  return {
    contentOf: (domain: Domain): Content | undefined => contents.get(domain),
    /** The file of a host without a port serves all of its ports. */
    domainOf(content: Content, name: string): Domain {
      const known = last.get(content)
      if (known?.name === name) return known
      const domain = { ...content.domain, name }
      last.set(content, domain)
      contents.set(domain, content)
      return domain
    },
  }
}

/** Finds the files of domains in a folder. A name that is not a valid host never reaches the file system. */
export const createDomainFiles = (options: DomainFilesOptions): DomainFiles => {
  const { folder, isWindows, sleep } = options
  const reports = createReports(options)
  const { contentOf, domainOf } = createDomains()
  const cache = createFileCache<Content>({
    toContent: (file, path) => toContent(file, path, options),
    isInvalid: ({ credentials }) => credentials === undefined,
    onRead: reports.read,
    sleep,
  })
  const pathsOf = memoize((name) => fileNamesOf(name, isWindows).map((fileName) => join(folder, fileName)))
  const findFile = async (name: string): Promise<Domain | undefined> => {
    for (const path of pathsOf(name)) {
      const found = await cache.get(path)
      if (found !== undefined) return domainOf(found.content, name)
    }
    return undefined
  }

  return {
    async find(host) {
      const name = toDomainName(host)
      if (name === undefined) return undefined
      try {
        const found = await findFile(name)
        reports.folder(undefined)
        return found
      } catch (error) {
        const reason = errorCode(error) ?? 'unknown'
        reports.folder(reason)
        return { name, problem: failure(`The folder of credentials cannot be read (${reason}).`) }
      }
    },
    credentialsOf(domain) {
      if (domain.problem !== undefined) throw domain.problem
      const credentials = contentOf(domain)?.credentials
      if (credentials === undefined) throw failure(`There is no file of credentials for ${domain.name}.`)
      return credentials
    },
  }
}
