import { table } from '../model/table.ts';

/** What scopes stand for: OIDC Core §5.4 and §11, and those of large providers, from their documentation. */
const SCOPES = table<string>({
  openid: 'an ID token',
  profile: 'name and picture',
  email: 'e-mail address',
  address: 'postal address',
  phone: 'phone number',
  offline_access: 'a refresh token',
  'https://www.googleapis.com/auth/userinfo.email': 'e-mail address',
  'https://www.googleapis.com/auth/userinfo.profile': 'name and picture',
  'https://www.googleapis.com/auth/drive': 'all files in Drive, to read and change',
  'https://www.googleapis.com/auth/drive.readonly': 'all files in Drive, to read',
  'https://www.googleapis.com/auth/drive.file': 'files in Drive that the app made or was given',
  'https://www.googleapis.com/auth/gmail.readonly': 'all mail, to read',
  'https://www.googleapis.com/auth/gmail.send': 'sending mail',
  'https://mail.google.com/': 'all mail, to read, send and delete for ever',
  'https://www.googleapis.com/auth/calendar': 'all calendars, to read and change',
  'https://www.googleapis.com/auth/calendar.readonly': 'all calendars, to read',
  'https://www.googleapis.com/auth/cloud-platform': 'everything in Google Cloud',
  'User.Read': 'the profile of the person',
  'User.Read.All': 'the profiles of everybody',
  'User.ReadWrite.All': 'the profiles of everybody, to change',
  'Mail.Read': 'mail of the person, to read',
  'Mail.ReadWrite': 'mail of the person, to read and change',
  'Mail.Send': 'sending mail as the person',
  'Files.Read': 'files of the person, to read',
  'Files.Read.All': 'all files that the person can open',
  'Files.ReadWrite.All': 'all files that the person can open, to change',
  'Calendars.Read': 'calendars, to read',
  'Calendars.ReadWrite': 'calendars, to read and change',
  'Directory.Read.All': 'the whole directory, to read',
  'Directory.ReadWrite.All': 'the whole directory, to change',
  'Sites.Read.All': 'all sites of SharePoint, to read',
  'okta.users.read': 'people of the organisation, to read',
  'okta.users.manage': 'people of the organisation, to change',
  'aws.cognito.signin.user.admin': 'the person’s own attributes, to read and change',
  'read:user': 'profile of the person, to read',
  'user:email': 'e-mail addresses of the person',
  repo: 'all repositories, private ones too, to read and change',
  groups: 'groups of the person',
  roles: 'roles of the person',
});

/** What a scope stands for; `null` where it is not known. */
export function scopeMeaning(scope: string): string | null {
  if (Object.hasOwn(SCOPES, scope)) return SCOPES[scope] ?? null;
  if (/\/\.default$/.test(scope)) return 'everything that the app was granted before';
  // Microsoft writes its scopes with the API in front.
  const name = /^https:\/\/graph\.microsoft\.(?:com|us)\/(.+)$/.exec(scope)?.[1];
  return name !== undefined && Object.hasOwn(SCOPES, name) ? (SCOPES[name] ?? null) : null;
}
