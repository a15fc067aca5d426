import { type Endpoint, formOf, notFound, refuse } from './call.ts'
import { newSkillId } from './ids.ts'
import { cursorPage } from './paging.ts'

/** `/v1/skills`: only the list of skills, without their versions. */

interface Skill {
  readonly id: string
  readonly display_name: string
}

export const createSkills = (): Readonly<Record<'create' | 'list' | 'get' | 'remove', Endpoint>> => {
  const skills = new Map<string, Skill>()
  const withSkill =
    (use: (skill: Skill) => object): Endpoint =>
    (call) => {
      const skill = skills.get(call.id)
      return skill === undefined ? notFound(call, `Skill not found: ${call.id}`) : Response.json(use(skill))
    }

  return {
    async create(call) {
      const form = await formOf(call)
      const files = form?.getAll('files[]').filter((part) => part instanceof File) ?? []
      if (!files.some(({ name }) => /(?:^|\/)SKILL\.md$/.test(name))) {
        return refuse(call, { status: 400, message: 'files: a skill needs a SKILL.md' })
      }
      const name = form?.get('display_name')
      const now = new Date().toISOString()
      const skill = {
        type: 'skill',
        id: newSkillId(),
        display_name: typeof name === 'string' ? name : 'Unnamed',
        latest_version_id: String(Date.now()),
        source: { type: 'custom' },
        created_at: now,
        updated_at: now,
      }
      skills.set(skill.id, skill)
      return Response.json(skill)
    },
    list: (call) => cursorPage(call, [...skills.values()]),
    get: withSkill((skill) => skill),
    remove: withSkill(({ id }) => {
      skills.delete(id)
      return { id, type: 'skill_deleted' }
    }),
  }
}
