// Every word the page itself says. What the service says comes from the server as messages.

const zh = {
  html_lang: 'zh-CN',
  title: '对话',
  exit: '快速离开',
  large: '大字',
  other_language: 'EN',
  lines_label: '紧急电话',
  lines_lead: '紧急时：',
  line_110: '报警 110',
  line_120: '急救 120',
  line_12356: '心理 12356',
  intro_title: '您好，请说说遇到的事',
  intro_what: '想到哪里说到哪里，用自己的话就行，一次说不完可以分几次说。',
  intro_program: '先由程序回答您；随时可以点“找人工”。',
  phone_note: '本机只存着这次对话的钥匙。',
  wipe: '清除本机记录',
  wipe_ask: '清除后，这部手机就打不开这次对话了；已经登记的事不受影响，凭查询码还能查。现在清除吗？',
  wiped: '本机记录已清除。已经登记的事不受影响。',
  log_label: '对话内容',
  choices_label: '可以点选的回答',
  words_label: '您想说的话',
  words_hint: '请在这里写……',
  send: '发送',
  human: '找人工',
  human_text: '转人工',
  newer: '下面还有 ↓',
  attach: '发照片或文件',
  chosen_label: '选好的照片或文件',
  keep_place: '保留照片里的拍摄地点（不勾选就会去掉）',
  cancel: '不发了',
  send_file: '发送这个',
  file_picture: '照片',
  file_document: '文件（PDF）',
  picture_alt: '发出的照片',
  file_too_large: '这个文件超过 10 MB，发不了。照片可以先用手机截图再发，文件可以拆开发。',
  aloud: '朗读',
  aloud_stop: '停止朗读',
  change: '改',
  typing: '正在回答……',
  begin_again: '重新开始',
  from_citizen: '您',
  from_bot: '程序',
  from_human: '工作人员',
  from_system: '提示',
  card_read_back: '请核对',
  card_receipt: '登记回执',
  mark_sending: '正在发送……',
  mark_stored: '已送达',
  mark_failed: '没有送达，点这里再发一次',
  status_connecting: '正在连接……',
  status_bot: '程序在回答',
  status_waiting: '正在排队找人工',
  status_human: '工作人员在回答',
  status_lost: '连接断开了',
  offline: '网络断了。您写的话先留在这个页面，连上后自动发送，请不要关闭页面。',
  reconnecting: '正在重新连接，请稍等……',
  busy: '现在来的人很多，请稍等，会自动再试。',
  too_long: '这段话有点长（{count} 字）。一次最多 {limit} 字，请分几次发。',
  over_session: '这次对话已经结束，或者已被清除。您可以重新开始，要说的话请再说一遍。',
  over_site: '没有登记过这个二维码，请看看有没有扫错、输错。您也可以拨打 12345，或向社区工作人员询问。',
  over_withdrawn: '这个二维码已经不用了，不过您的事一样可以说：附近贴了新码的话请扫新码，或者拨打 12345、去找社区工作人员。有危险请马上打 110。',
  over_elsewhere: '页面无法打开这次对话，请稍后重新开始，或拨打 12345。',
};

const en = {
  html_lang: 'en',
  title: 'Chat',
  exit: 'Leave now',
  large: 'Larger',
  other_language: '中文',
  lines_label: 'Emergency numbers',
  lines_lead: 'Urgent:',
  line_110: 'Police 110',
  line_120: 'Medical 120',
  line_12356: 'Care 12356',
  intro_title: 'Hello. Please tell us what happened',
  intro_what: 'Use your own words, in any order, in as many messages as you like.',
  intro_program: 'A program answers first. Tap “A person” at any time.',
  phone_note: 'This phone keeps only a key.',
  wipe: 'Wipe this phone',
  wipe_ask: 'This phone will no longer open this conversation. What was registered stays, and opens with its query code. Wipe now?',
  wiped: 'This phone was wiped. What was registered stays.',
  log_label: 'Conversation',
  choices_label: 'Answers you can tap',
  words_label: 'Your words',
  words_hint: 'Write…',
  send: 'Send',
  human: 'A person',
  human_text: '转人工',
  newer: 'More below ↓',
  attach: 'Send a photo or file',
  chosen_label: 'Photo or file chosen',
  keep_place: 'Keep the place where the photo was taken (removed otherwise)',
  cancel: 'Do not send',
  send_file: 'Send it',
  file_picture: 'Photo',
  file_document: 'File (PDF)',
  picture_alt: 'Photo sent',
  file_too_large: 'This file is larger than 10 MB. A screenshot of a photo is smaller; a document can be split.',
  aloud: 'Read aloud',
  aloud_stop: 'Stop reading',
  change: 'Change',
  typing: 'Answering…',
  begin_again: 'Begin again',
  from_citizen: 'You',
  from_bot: 'Program',
  from_human: 'Staff',
  from_system: 'Note',
  card_read_back: 'Please check',
  card_receipt: 'Receipt',
  mark_sending: 'Sending…',
  mark_stored: 'Delivered',
  mark_failed: 'Not delivered. Tap to send again',
  status_connecting: 'Connecting…',
  status_bot: 'A program is answering',
  status_waiting: 'Waiting for a person',
  status_human: 'Staff are answering',
  status_lost: 'Not connected',
  offline: 'No network. Your words stay on this page and are sent when it is back. Please keep the page open.',
  reconnecting: 'Connecting again…',
  busy: 'Many people are here. Please wait: it is tried again by itself.',
  too_long: 'This is rather long ({count} characters). At most {limit} at a time: please send it in parts.',
  over_session: 'This conversation has ended or was wiped. You can begin again; please tell us once more.',
  over_site: 'No such code is registered: please check it. You can also call 12345 or ask your community office.',
  over_withdrawn: 'This code is no longer used, but you will be heard: scan a newer one nearby, call 12345 or ask your community office. In danger call 110.',
  over_elsewhere: 'The page cannot open this conversation. Please begin again later, or call 12345.',
};

const english = /[?&]lang=en\b/.test(location.search);
const texts = english ? en : zh;

/** Language and type size stand in the address: nothing of them is stored on the phone. */
export const startsLarge = /[?&]type=large\b/.test(location.search);

export function rememberType(large) {
  history.replaceState(null, '', address(english, large));
  document.getElementById('language').href = address(!english, large);
}

function address(inEnglish, large) {
  return '?' + [inEnglish && 'lang=en', large && 'type=large'].filter(Boolean).join('&');
}

export function text(name, values) {
  return Object.keys(values || {}).reduce(
    (words, key) => words.replace('{' + key + '}', values[key]),
    texts[name] || zh[name] || '',
  );
}

export function fillPage() {
  document.documentElement.lang = text('html_lang');
  document.title = text('title');
  each('data-text', (node, words) => { node.textContent = words; });
  each('data-label', (node, words) => node.setAttribute('aria-label', words));
  each('data-hint', (node, words) => node.setAttribute('placeholder', words));
  document.getElementById('language').href = address(!english, startsLarge);
}

function each(attribute, fill) {
  document.querySelectorAll('[' + attribute + ']').forEach((node) => {
    fill(node, text(node.getAttribute(attribute)));
  });
}
