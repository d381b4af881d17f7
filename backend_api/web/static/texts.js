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
  log_label: '对话内容',
  choices_label: '可以点选的回答',
  words_label: '您想说的话',
  words_hint: '请在这里写……',
  send: '发送',
  human: '找人工',
  human_text: '转人工',
  newer: '有新消息 ↓',
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
  over_site: '这个二维码没有登记，或者已经停用。您可以拨打 12345，或向社区工作人员询问。',
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
  line_12356: 'Support 12356',
  intro_title: 'Hello. Please tell us what happened',
  intro_what: 'Use your own words, in any order, in as many messages as you like.',
  intro_program: 'A program answers first. Tap “A person” at any time.',
  log_label: 'Conversation',
  choices_label: 'Answers you can tap',
  words_label: 'Your words',
  words_hint: 'Write here…',
  send: 'Send',
  human: 'A person',
  human_text: '转人工',
  newer: 'New message ↓',
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
  over_site: 'This code is not registered or no longer used. You can call 12345 or ask your community office.',
  over_elsewhere: 'The page cannot open this conversation. Please begin again later, or call 12345.',
};

const english = /[?&]lang=en\b/.test(location.search);
const texts = english ? en : zh;

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
  document.getElementById('language').href = english ? '?' : '?lang=en';
}

function each(attribute, fill) {
  document.querySelectorAll('[' + attribute + ']').forEach((node) => {
    fill(node, text(node.getAttribute(attribute)));
  });
}
