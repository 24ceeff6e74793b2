import { z } from 'zod';
import { role } from './agent.ts';
import { agentId } from './ids.ts';
import { instant } from './instant.ts';
import { text } from './text.ts';

const PASSWORD_CHARACTERS = { min: 10, max: 200 };
/** More open sessions than that nobody has; it only keeps slips of the keyboard out. */
const MAX_CAPACITY = 10_000;

export const personName = text().trim().min(1, 'Give a name.').max(100, 'At most 100 characters.');

export const email = text()
  .trim()
  .max(320, 'At most 320 characters.')
  .pipe(z.email('Give an e-mail address.'));

/** One that is set anew. Those that are checked may be as they are. */
export const newPassword = text()
  .min(PASSWORD_CHARACTERS.min, `At least ${PASSWORD_CHARACTERS.min} characters.`)
  .max(PASSWORD_CHARACTERS.max, `At most ${PASSWORD_CHARACTERS.max} characters.`);

/** R48: at most so many open, not snoozed sessions by automatic distribution; null = as the workspace says. */
export const capacity = z
  .int('Give a whole number.')
  .min(0, 'Must not be below 0.')
  .max(MAX_CAPACITY, `At most ${MAX_CAPACITY}.`)
  .nullable();

/** A colleague. What is needed to choose one is for everybody, the rest for the owner and admins. */
export const person = z
  .strictObject({
    id: agentId,
    name: z.string(),
    role,
    disabled: z.boolean(),
    /** Connected, and not away (R58). */
    online: z.boolean(),
    /** Null for who is not an admin. */
    account: z
      .strictObject({
        email: z.string(),
        capacity,
        createdAt: instant,
        /** Null = never. */
        lastLoginAt: instant.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Person' });
export type PersonView = z.infer<typeof person>;

export const peopleList = z.strictObject({ people: z.array(person) }).meta({ id: 'PeopleList' });

export const personChange = z
  .strictObject({
    name: personName.optional(),
    role: role.optional(),
    capacity: capacity.optional(),
  })
  .meta({ id: 'PersonChange' });
export type PersonChange = z.infer<typeof personChange>;

export const personParams = z.strictObject({ id: agentId });

export const passwordChange = z
  .strictObject({ current: text().min(1).max(1_000), new: newPassword })
  .meta({ id: 'PasswordChange' });
