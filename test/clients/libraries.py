"""Python libraries as clients. Reads one question as JSON a line, writes what the library made of the answer."""

import json
import sys

import openai
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI


def openai_of(asked):
    return openai.OpenAI(
        base_url=asked["base"], api_key=asked["key"], max_retries=0, default_headers=asked["headers"]
    )


def openai_chat(asked):
    content = [{"type": "text", "text": asked["text"]}]
    if asked.get("image"):
        content.append({"type": "image_url", "image_url": {"url": asked["image"]}})
    system = [{"role": "system", "content": asked["system"]}] if asked.get("system") else []
    with openai_of(asked).chat.completions.stream(
        model=asked["model"],
        stream_options={"include_usage": True},
        messages=[*system, {"role": "user", "content": content}],
    ) as stream:
        whole = stream.get_final_completion()
    message = whole.choices[0].message
    return {
        "text": message.content or "",
        "calls": [call.function.name for call in message.tool_calls or []],
        "tokens": whole.usage and whole.usage.total_tokens,
    }


def openai_responses(asked):
    content = [{"type": "input_text", "text": asked["text"]}]
    if asked.get("image"):
        content.append({"type": "input_image", "image_url": asked["image"], "detail": "auto"})
    with openai_of(asked).responses.stream(
        model=asked["model"],
        input=[{"role": "user", "content": content}],
        instructions=asked.get("system") or openai.omit,
    ) as stream:
        # The library raises where the stream ends without `response.completed`; the reason is in the event.
        failed = next((event for event in stream if event.type == "response.failed"), None)
        if failed:
            raise RuntimeError(failed.response.error.message)
        whole = stream.get_final_response()
    return {
        "text": whole.output_text,
        "calls": [item.name for item in whole.output if item.type == "function_call"],
        "tokens": whole.usage and whole.usage.total_tokens,
    }


def openai_approval(asked):
    """Asks, says yes to what the server asks, and returns what comes then."""
    client = openai_of(asked)
    first = client.responses.create(model=asked["model"], input=asked["text"])
    questions = [item for item in first.output if item.type == "mcp_approval_request"]
    rest = client.responses.create(
        model=asked["model"],
        previous_response_id=first.id,
        input=[
            {"type": "mcp_approval_response", "approval_request_id": question.id, "approve": True}
            for question in questions
        ],
    )
    return {"text": rest.output_text, "calls": [question.name for question in questions], "tokens": None}


def langchain(asked, responses):
    model = ChatOpenAI(
        model=asked["model"],
        api_key=asked["key"],
        base_url=asked["base"],
        max_retries=0,
        stream_usage=True,
        use_responses_api=responses,
        default_headers=asked["headers"],
    )
    content = [{"type": "text", "text": asked["text"]}]
    if asked.get("image"):
        content.append({"type": "image_url", "image_url": {"url": asked["image"]}})
    system = [SystemMessage(asked["system"])] if asked.get("system") else []
    whole = None
    for chunk in model.stream([*system, HumanMessage(content=content)]):
        whole = chunk if whole is None else whole + chunk
    return {
        "text": whole.text if whole else "",
        "calls": [call["name"] for call in whole.tool_calls] if whole else [],
        "tokens": (whole.usage_metadata or {}).get("total_tokens") if whole else None,
    }


clients = {
    "openai chat": openai_chat,
    "openai responses": openai_responses,
    "openai approval": openai_approval,
    "langchain-openai": lambda asked: langchain(asked, False),
    "langchain-openai responses": lambda asked: langchain(asked, True),
}

for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = {"heard": clients[question["client"]](question)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
