from __future__ import annotations

from django.urls import path

from credentials import views

app_name = "credentials"
urlpatterns = [
    path("credentials/", views.mine, name="mine"),
    path("credentials/<uuid:public_id>", views.credential, name="credential"),
    path("credentials/<uuid:public_id>/visibility", views.visibility, name="visibility"),
    path("credentials/<uuid:public_id>/download", views.download, name="download"),
    path("credentials/<uuid:public_id>/jwt", views.prepare_jwt, name="jwt"),
    path("credentials/<uuid:public_id>/badge.png", views.badge_png, name="badge_png"),
    path("credentials/<uuid:public_id>/badge.svg", views.badge_svg, name="badge_svg"),
    path("credentials/<uuid:public_id>/card.png", views.card, name="card"),
    path("credentials/<uuid:public_id>/elm", views.elm, name="elm"),
    path("credentials/<uuid:public_id>/certificate.pdf", views.certificate, name="certificate"),
    path("transcripts/new", views.choose_for_transcript, name="choose_for_transcript"),
    path("transcripts/preview", views.new_transcript, name="new_transcript"),
    path("transcripts/<uuid:public_id>", views.transcript, name="transcript"),
    path("transcripts/<uuid:public_id>/json", views.transcript_json, name="transcript_json"),
    path("transcripts/<uuid:public_id>/jwt", views.transcript_jwt, name="transcript_jwt"),
    path(
        "transcripts/<uuid:public_id>/visibility",
        views.transcript_visibility,
        name="transcript_visibility",
    ),
    path("transcripts/<uuid:public_id>/delete", views.delete_transcript, name="delete_transcript"),
    path("credentials/did", views.learner_did, name="learner_did"),
    path("credentials/did/forget", views.forget_did, name="forget_did"),
    path("endorsements/<uuid:public_id>", views.endorsement, name="endorsement"),
    path("achievements/", views.register, name="register"),
    path("achievements/<uuid:public_id>/ctdl", views.achievement_ctdl, name="achievement_ctdl"),
    path("achievements/<uuid:public_id>/why", views.why, name="why"),
    path("achievements/<uuid:public_id>/pursue", views.pursue, name="pursue"),
    path("achievements/<uuid:public_id>/appeal", views.appeal, name="appeal"),
    path("achievements/<uuid:public_id>", views.achievement, name="achievement"),
    path(
        "achievements/<uuid:public_id>/<int:number>.png",
        views.achievement_badge,
        name="achievement_badge",
    ),
    path(".well-known/did.json", views.platform_did_document, name="platform_did_document"),
    # Some resolvers look here for a did:web of a bare host, 1EdTech's of early 2026 among them.
    path("did.json", views.platform_did_document, name="did_document_at_the_root"),
    path("issuers/<str:slug>", views.issuer, name="issuer"),
    path("issuers/<str:slug>/did.json", views.did_document, name="did_document"),
    path("status/<uuid:public_id>", views.status_list, name="status_list"),
    path("status/<uuid:public_id>/suspension", views.suspension_list, name="suspension_list"),
    path("prior-learning/", views.prior_learning, name="prior_learning"),
    path("prior-learning/badge", views.claim_badge, name="claim_badge"),
    path("prior-learning/evidence", views.claim_with_evidence, name="claim_with_evidence"),
    path("prior-learning/files/<uuid:file_id>", views.claim_file, name="claim_file"),
    path("prior-learning/<uuid:claim_id>/", views.claim, name="claim"),
    path("prior-learning/<uuid:claim_id>/take-back", views.take_back, name="take_back"),
    path("recognizing/", views.recognizing, name="recognizing"),
    path("recognizing/<uuid:claim_id>/", views.recognize, name="recognize"),
    path("verify/", views.verify, name="verify"),
    path("verify/offline", views.offline_verifier, name="offline_verifier"),
]
