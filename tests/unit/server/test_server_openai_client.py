"""OpenAI's dialect, asked by OpenAI's own library, whole and as a stream."""

import threading

import openai
import pytest
from openai import OpenAI
from server_fakes import FullGate, KeyGate, Parrot, listening, make_service

from dragoman.server.ask import RefusedError
from dragoman.server.gate import Caller

HELLO = [{"role": "user", "content": "Hello!"}]


@pytest.fixture(scope="module")
def address():
    with listening(make_service(Parrot("en", "de"), Parrot("zh", "en"))) as address:
        yield address


def opened(address, key="any"):
    return OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0, timeout=20)


@pytest.fixture
def client(address):
    with opened(address) as client:
        yield client


def said(client, messages=HELLO, model="dragoman-en-de", **more):
    return client.chat.completions.create(model=model, messages=messages, **more)


def test_models(client):
    names = [model.id for model in client.models.list()]
    assert {"dragoman", "dragoman-en-de", "dragoman-zh-de", "dragoman-auto-de", "dragoman-auto-en"} <= set(names)
    assert client.models.retrieve("dragoman-en-de").owned_by == "dragoman"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4")


def test_only_the_last_message_is_translated(client):
    chat = [
        {"role": "system", "content": "You are kind."},
        {"role": "user", "content": "Not this."},
        {"role": "assistant", "content": "Nor this."},
        {"role": "user", "content": [{"type": "text", "text": "Line one,\n"}, {"type": "text", "text": " and two."}]},
    ]
    answer = said(client, chat, temperature=0.3, max_tokens=5, user="someone")
    assert answer.choices[0].message.content == "de(Line one,)\n de(and two.)"
    assert (answer.choices[0].finish_reason, answer.model) == ("stop", "dragoman-en-de")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (19, 27)


@pytest.mark.parametrize(
    ("system", "metadata", "text", "expected"),
    [
        ("Translate from English into German.", None, "x", "de(x)"),
        (
            "Translate the user's text to German, please.",
            None,
            "This is plain English text.",
            "de(This is plain English text.)",
        ),
        ("zh -> en", None, "你好", "en(你好)"),
        ("ZH-DE", None, "你好", "de(en(你好))"),
        ("", {"source": "en", "target": "de"}, "x", "de(x)"),
        ("Translate into English", {"target": "de"}, "这是一个中文句子。", "de(en(这是一个中文句子。))"),
    ],
)
def test_the_direction_may_be_told(client, system, metadata, text, expected):
    messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
    more = {"metadata": metadata} if metadata else {}
    assert said(client, messages, model="dragoman", **more).choices[0].message.content == expected


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("Translate from en to de.", "de(x)"),
        ("You are a translator from zh-Hant into en", "en(x)"),
        ("Translate from German into Simplified Chinese.", "zh-Hans(x)"),
        ("from German to Chinese (Simplified).", "zh-Hans(x)"),
        ("from German to portuguese", "pt-BR(x)"),
        ("From Traditional Chinese to English, please", "en(x)"),
        ("from Chinese (Traditional) into English", "en(x)"),
    ],
)
def test_languages_as_prompts_name_them(system, expected):
    speakers = Parrot("en", "de"), Parrot("zh-Hant", "en"), Parrot("de", "zh-Hans"), Parrot("de", "pt-BR")
    with listening(make_service(*speakers)) as address, opened(address) as client:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": "x"}]
        assert said(client, messages, model="dragoman").choices[0].message.content == expected


def test_several_choices(client):
    assert [one.message.content for one in said(client, n=3).choices] == ["de(Hello!)", "de1(Hello!)", "de2(Hello!)"]


@pytest.mark.parametrize(
    ("more", "error", "code"),
    [
        ({"model": "gpt-4"}, openai.NotFoundError, "model_not_found"),
        ({"model": "dragoman"}, openai.BadRequestError, "invalid_value"),
        ({"messages": []}, openai.BadRequestError, "invalid_value"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, openai.BadRequestError, "invalid_value"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, openai.BadRequestError, "invalid_value"),
        ({"messages": [{"role": "user", "content": "x" * 100_001}]}, openai.BadRequestError, "context_length_exceeded"),
        ({"n": 0}, openai.BadRequestError, "invalid_value"),
        ({"n": 2, "stream": True}, openai.BadRequestError, "invalid_value"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, openai.BadRequestError, "unsupported_parameter"),
        ({"response_format": {"type": "json_object"}}, openai.BadRequestError, "unsupported_value"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_mistakes(client, more, error, code, stream):
    with pytest.raises(error) as refused:
        said(client, **{"stream": stream, **more})
    assert refused.value.code == code


def test_a_stream_joined_is_the_answer(client):
    text = "\n One line.\n\nA second line that is long enough. It has two sentences.\n"
    messages = [{"role": "user", "content": text}]
    whole = said(client, messages).choices[0].message.content
    chunks = list(said(client, messages, stream=True, stream_options={"include_usage": True}))
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert "".join(pieces) == whole
    assert len(pieces) == 4
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.total_tokens == len(text) + len(whole)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in said(client, stream=True)) == "de(Hello!)"


class Stepwise(Parrot):
    """Says the next segment when it is told to."""

    def __init__(self, source, target):
        super().__init__(source, target)
        self.step = threading.Semaphore(0)

    def run(self, kind, segments):
        assert self.step.acquire(timeout=20)
        if segments == ["bad"]:
            raise RefusedError("overloaded", "no more", status=503)
        return super().run(kind, segments)


def test_pieces_come_before_the_whole_is_there_and_a_refusal_under_way_is_heard():
    parrot = Stepwise("en", "de")
    service = make_service(parrot)
    service.fleet.members[0].batcher.max_tokens = 1  # one segment in each batch
    with listening(service) as address, opened(address) as client:
        parrot.step.release()
        with said(client, [{"role": "user", "content": "one\ntwo\nbad\nend"}], stream=True) as stream:
            chunks = (chunk.choices[0].delta.content for chunk in stream)
            assert [next(chunks), next(chunks)] == ["", "de(one)\n"]
            assert parrot.asked == ["one"]
            parrot.step.release()
            assert next(chunks) == "de(two)\n"
            parrot.step.release(2)
            with pytest.raises(openai.APIError, match="no more"):
                next(chunks)


def test_who_closes_a_stream_leaves_nothing_in_the_queue():
    parrot = Stepwise("en", "de")
    service = make_service(parrot)
    batcher = service.fleet.members[0].batcher
    batcher.max_tokens = 1
    with listening(service) as address, opened(address) as client:
        parrot.step.release()
        stream = said(client, [{"role": "user", "content": "one\ntwo\nthree\nfour"}], stream=True)
        assert [next(stream).choices[0].delta.content for _ in range(2)] == ["", "de(one)\n"]
        stream.close()
        for _ in range(2000):
            if batcher.waiting == 1:  # "two", which is being translated
                break
            threading.Event().wait(0.005)
        assert batcher.waiting == 1
        parrot.step.release()
    assert parrot.asked == ["one", "two"]
    assert service.enter(None).used == len("one\ntwo\nthree\nfour")


def test_keys_and_limits():
    with listening(make_service(Parrot("en", "de"), gate=KeyGate(good=Caller("one")))) as address:
        with opened(address, "good") as client:
            assert said(client).choices[0].message.content == "de(Hello!)"
        with opened(address, "bad") as client, pytest.raises(openai.AuthenticationError) as refused:
            said(client)
        assert refused.value.code == "invalid_api_key"
    for refusal, error in (
        (RefusedError("rate", "too often", status=429, retry_seconds=3), openai.RateLimitError),
        (RefusedError("overloaded", "later", status=503, retry_seconds=3), openai.InternalServerError),
    ):
        with listening(make_service(Parrot("en", "de"), gate=FullGate(refusal))) as address:
            with opened(address) as client, pytest.raises(error) as refused:
                said(client, stream=True)
            assert refused.value.response.headers["retry-after"] == "3"
