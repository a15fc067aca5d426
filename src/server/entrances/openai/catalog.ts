/**
 * Codex's catalog of models (OE-M2). Without it, Codex guesses the window, has no tool for patches, and warns about the
 * missing entry. Older versions require some of these members, so all are sent.
 */

export interface CatalogModel {
  /** Codex compares it with the configured name, letter by letter. */
  readonly slug: string
  readonly displayName: string
  readonly description: string
  /** Tokens. */
  readonly contextWindow: number
  /** The model's levels of effort, the lowest first; empty for a model that does not think. */
  readonly efforts: readonly string[]
  readonly readsImages: boolean
}

const effortDescriptions: Readonly<Record<string, string>> = {
  low: 'Short thinking, fast answers',
  medium: 'Balanced',
  high: 'Long thinking for hard problems',
  xhigh: 'Longer thinking',
  max: 'As long as the answer allows',
}

const usualEffort = 'medium'

/** Tokens of a command's output that Codex keeps. */
const outputTokens = 10_000

/** Codex uses this text in place of its own prompt, which is written for other models. */
const instructions = `You are a coding agent that works in the user's terminal, in a folder of theirs. You read and change files and run commands with the tools that you have.

How to work
- Keep going until the task is done: do not stop at a plan, and do not ask for what you can find out yourself.
- Look at the code before you change it, and follow its style. AGENTS.md files give rules for their folder and the folders below it; obey them.
- Search with rg, or with grep if it is missing. Read what you need, in large parts, and in parallel where calls do not depend on each other.
- Change files with apply_patch. Do not rewrite whole files for small changes.
- Fix causes, not symptoms. Change nothing that the task does not need, and add no comments that only repeat the code.
- The folder may have changes that are not yours. Never revert them, and never run git reset, git checkout or a similar command without the user's request. Do not commit unless the user wants it.
- After a change, run the tests or the build that cover it. If you cannot, say so.
- If a command is refused or a tool fails, read the message and try another way.

How to answer
- Be brief and concrete. Say what you changed and where, as path:line, and what you checked.
- For a long task, give a one-sentence update before a group of tool calls.
- Report results as they are: say which tests fail and what remains open.`

/** `claude-haiku-4-5-20251001`, also without its date, and with a dot in its version: users write each of them. */
export const modelSpellings = (id: string): readonly string[] => {
  const undated = id.replace(/-20\d{6}$/, '')
  const dotted = (name: string): string => name.replace(/(?<=-\d{1,2})-(?=\d{1,2}(?:-|$))/, '.')
  return [...new Set([id, undated, dotted(id), dotted(undated)])]
}

/** In the order in which Codex lists them. */
export const toCatalog = (models: readonly CatalogModel[]) =>
  models.map(({ slug, displayName, description, contextWindow, efforts, readsImages }, index) => ({
    slug,
    display_name: displayName,
    description,
    default_reasoning_level: efforts.includes(usualEffort) ? usualEffort : (efforts[0] ?? null),
    supported_reasoning_levels: efforts.map((effort) => ({
      effort,
      description: effortDescriptions[effort] ?? effort,
    })),
    shell_type: 'unified_exec',
    visibility: 'list',
    supported_in_api: true,
    priority: index,
    support_verbosity: false,
    apply_patch_tool_type: 'freeform',
    truncation_policy: { mode: 'tokens', limit: outputTokens },
    context_window: contextWindow,
    max_context_window: contextWindow,
    input_modalities: readsImages ? ['text', 'image'] : ['text'],
    supports_parallel_tool_calls: true,
    supports_reasoning_summaries: efforts.length > 0,
    experimental_supported_tools: [],
    base_instructions: instructions,
  }))
