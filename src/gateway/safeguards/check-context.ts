import { isObject, type Json } from '../../base/json.ts'

/** The client's description of the user's machine and rules (`classifier_context`). Every member is optional. */

export interface CheckContext {
  /** For the model that checks. */
  readonly settings: Json
  /** Folders whose files the user has given to the agent. */
  readonly workFolders: readonly string[]
  /** Whether reading outside these folders requires a verdict, too. */
  readonly blocksOutsideReads: boolean
  /** Whether changing files in these folders requires a verdict, too. */
  readonly isRestricted: boolean
  /** Ids of calls that a check has flagged before. */
  readonly refusedCalls: ReadonlySet<string>
}

const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textsOf = (value: unknown): string[] => listOf(value).filter((item) => typeof item === 'string')

/** A folder's path, and the paths to which its links resolve. */
const pathsOf = (folder: unknown): string[] => {
  const { path, resolved } = objectOf(folder)
  return [...textsOf([path]), ...textsOf(resolved)].filter((name) => name !== '')
}

const gitOf = (value: unknown): Json => {
  const { branch, default_branch, visibility } = objectOf(value)
  const { push_remote, remotes } = objectOf(visibility)
  return { branch, default_branch, push_remote, remotes }
}

/**
 * The user's own lists for auto mode, and the tools that the user denies. Rules that allow tools are left out: the
 * client runs the allowed calls without a check, except for broad rules, which it ignores in auto mode.
 */
const rulesOf = ({ auto_mode, rules }: Json): Json => {
  const { allow, soft_deny, hard_deny, environment } = objectOf(auto_mode)
  const denied = listOf(objectOf(rules)['deny']).map((rule) => objectOf(rule)['rule'])
  return {
    never: textsOf(hard_deny),
    only_when_requested: textsOf(soft_deny),
    allowed: textsOf(allow),
    environment: textsOf(environment),
    denied_tools: textsOf(denied),
  }
}

export const readCheckContext = (context: Json): CheckContext => {
  const { primary, additional, block_reads_outside_working_directories } = objectOf(context['trusted_directories'])
  const workFolders = [...new Set([primary, ...listOf(additional)].flatMap(pathsOf))]
  return {
    settings: {
      platform: context['platform'],
      working_folder: context['live_cwd'],
      home_folder: context['home_dir'],
      trusted_folders: workFolders,
      git: gitOf(context['git_state']),
      user_rules: rulesOf(context),
    },
    workFolders,
    blocksOutsideReads: block_reads_outside_working_directories === true,
    isRestricted: context['restricted'] === true,
    refusedCalls: new Set(textsOf(context['refused_calls'])),
  }
}
